"""References of the calls of EFS, CloudWatch Logs and Cloud Map."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.access.references import How, Reference, entry, thing

Params = Mapping[str, Any]
Named = Iterator[Reference]


@entry("efs.create_file_system")
def create_file_system(params: Params) -> Named:
    """It has no name before it exists."""
    yield thing(How.USES, "kms_key", params.get("KmsKeyId"))


@entry("efs.create_access_point", "efs.create_mount_target")
def change_file_system(params: Params) -> Named:
    yield thing(How.CHANGES, "file_system", params["FileSystemId"])
    yield thing(How.USES, "subnet", params.get("SubnetId"))
    for group in params.get("SecurityGroups", ()):
        yield thing(How.USES, "security_group", group)


@entry("efs.delete_file_system")
def delete_file_system(params: Params) -> Named:
    yield thing(How.DELETES, "file_system", params["FileSystemId"])


@entry("efs.delete_access_point")
def delete_access_point(params: Params) -> Named:
    yield thing(How.DELETES, "access_point", params["AccessPointId"])


@entry("efs.delete_mount_target")
def delete_mount_target(params: Params) -> Named:
    yield thing(How.DELETES, "mount_target", params["MountTargetId"])


@entry("logs.create_log_group")
def create_log_group(params: Params) -> Named:
    yield thing(How.CREATES, "log_group", params["logGroupName"])
    yield thing(How.USES, "kms_key", params.get("kmsKeyId"))


@entry("logs.delete_log_group")
def delete_log_group(params: Params) -> Named:
    yield thing(How.DELETES, "log_group", params["logGroupName"])


@entry("servicediscovery.create_http_namespace", "servicediscovery.create_private_dns_namespace")
def create_namespace(params: Params) -> Named:
    yield thing(How.CREATES, "namespace", params["Name"])
    yield thing(How.USES, "vpc", params.get("Vpc"))


@entry("servicediscovery.create_service")
def create_registry(params: Params) -> Named:
    """A Cloud Map service puts a name into its namespace, as ECS does for Service Connect."""
    yield thing(How.USES, "namespace", params["NamespaceId"])


@entry("servicediscovery.delete_namespace", "servicediscovery.delete_service")
def delete_namespace(params: Params) -> Named:
    """A service of a namespace is known by its ID only."""
    yield thing(How.DELETES, "namespace", params["Id"])

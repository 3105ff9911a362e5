"""References of the calls of IAM and Secrets Manager."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.access.references import How, Reference, entry, thing

Params = Mapping[str, Any]
Named = Iterator[Reference]


@entry("iam.create_role")
def create_role(params: Params) -> Named:
    yield thing(How.CREATES, "role", params["RoleName"])


@entry("iam.attach_role_policy", "iam.put_role_policy", "iam.detach_role_policy", "iam.delete_role_policy")
def change_role(params: Params) -> Named:
    yield thing(How.CHANGES, "role", params["RoleName"])


@entry("iam.delete_role")
def delete_role(params: Params) -> Named:
    yield thing(How.DELETES, "role", params["RoleName"])


@entry("iam.create_instance_profile")
def create_instance_profile(params: Params) -> Named:
    yield thing(How.CREATES, "instance_profile", params["InstanceProfileName"])


@entry("iam.add_role_to_instance_profile")
def add_role_to_instance_profile(params: Params) -> Named:
    yield thing(How.CHANGES, "instance_profile", params["InstanceProfileName"])
    yield thing(How.PASSES, "role", params["RoleName"])


@entry("secretsmanager.create_secret")
def create_secret(params: Params) -> Named:
    yield thing(How.CREATES, "secret", params["Name"])
    for place in (params, *(params.get("AddReplicaRegions") or ())):
        yield thing(How.USES, "kms_key", place.get("KmsKeyId"))


@entry("secretsmanager.delete_secret")
def delete_secret(params: Params) -> Named:
    yield thing(How.DELETES, "secret", params["SecretId"])

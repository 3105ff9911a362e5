"""References of the calls of Amazon ECS."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.access.permissions import Capability
from ecsdash.access.references import How, Reference, RequiredCapability, entry, tail, thing
from ecsdash.access.references.workload import DEFAULT_CLUSTER, providers, secret_of, workload

Params = Mapping[str, Any]
Named = Iterator[Reference | RequiredCapability]
#: Members of the override of a container that need a capability -> their words.
COMMAND_OVERRIDES = {"command": "command", "environment": "environment", "environmentFiles": "environment"}
#: An image of a repository in ECR: the name may have slashes, a tag or digest follows.
OWN_REGISTRY = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/(?P<name>[^:@]+)")


@entry("ecs.create_cluster")
def create_cluster(params: Params) -> Named:
    yield thing(How.CREATES, "cluster", params["clusterName"])
    yield from providers(params)
    yield from _configuration_of_cluster(params)


@entry("ecs.put_cluster_capacity_providers", "ecs.update_cluster_settings")
def change_cluster(params: Params) -> Named:
    yield thing(How.CHANGES, "cluster", params["cluster"])
    yield from providers(params)


@entry("ecs.update_cluster")
def update_cluster(params: Params) -> Named:
    yield thing(How.CHANGES, "cluster", params["cluster"])
    yield from _configuration_of_cluster(params)


def _configuration_of_cluster(params: Params) -> Named:
    """Where sessions of ECS Exec are logged, the keys, and the namespace that services get by default."""
    yield thing(How.USES, "namespace", (params.get("serviceConnectDefaults") or {}).get("namespace"))
    configuration = params.get("configuration") or {}
    command = configuration.get("executeCommandConfiguration") or {}
    storage = configuration.get("managedStorageConfiguration") or {}
    yield thing(How.USES, "kms_key", command.get("kmsKeyId"))
    for key in ("kmsKeyId", "fargateEphemeralStorageKmsKeyId"):
        yield thing(How.USES, "kms_key", storage.get(key))
    logs = command.get("logConfiguration") or {}
    yield thing(How.USES, "log_group", logs.get("cloudWatchLogGroupName"))
    if bucket := logs.get("s3BucketName"):
        yield thing(How.USES, "object", f"{bucket}/{logs.get('s3KeyPrefix', '')}")


@entry("ecs.delete_cluster")
def delete_cluster(params: Params) -> Named:
    yield thing(How.DELETES, "cluster", params["cluster"])


@entry("ecs.tag_resource", "ecs.untag_resource")
def tag(params: Params) -> Named:
    yield _by_arn(How.CHANGES, params["resourceArn"])


@entry("ecs.put_account_setting_default")
def put_account_setting_default(params: Params) -> Named:
    yield thing(How.CHANGES, "ecs_account_setting", params["name"])


@entry("ecs.create_capacity_provider")
def create_capacity_provider(params: Params) -> Named:
    yield thing(How.CREATES, "capacity_provider", params["name"])
    group = params.get("autoScalingGroupProvider") or {}
    yield thing(How.USES, "auto_scaling_group", group.get("autoScalingGroupArn"))
    if "cluster" in params:
        yield thing(How.CHANGES, "cluster", params["cluster"])
    yield from _managed_instances(params)


@entry("ecs.update_capacity_provider")
def update_capacity_provider(params: Params) -> Named:
    yield thing(How.CHANGES, "capacity_provider", params["name"])
    yield from _managed_instances(params)


def _managed_instances(params: Params) -> Named:
    """The roles that ECS and the instances get, and the network of the instances."""
    provider = params.get("managedInstancesProvider") or {}
    template = provider.get("instanceLaunchTemplate") or {}
    network = template.get("networkConfiguration") or {}
    yield thing(How.PASSES, "role", provider.get("infrastructureRoleArn"))
    yield thing(How.PASSES, "instance_profile", template.get("ec2InstanceProfileArn"))
    for subnet in network.get("subnets") or ():
        yield thing(How.USES, "subnet", subnet)
    for group in network.get("securityGroups") or ():
        yield thing(How.USES, "security_group", group)


@entry("ecs.delete_capacity_provider")
def delete_capacity_provider(params: Params) -> Named:
    yield thing(How.DELETES, "capacity_provider", params["capacityProvider"])


@entry("ecs.create_service")
def create_service(params: Params) -> Named:
    yield _in_cluster(How.CREATES, "service", params, "serviceName")
    yield from workload(params)


@entry("ecs.update_service")
def update_service(params: Params) -> Named:
    yield _in_cluster(How.CHANGES, "service", params, "service")
    yield from workload(params)


@entry("ecs.delete_service")
def delete_service(params: Params) -> Named:
    yield _in_cluster(How.DELETES, "service", params, "service")


@entry("ecs.stop_service_deployment", "ecs.continue_service_deployment")
def decide_about_deployment(params: Params) -> Named:
    """The ARN ends with cluster/service/deployment."""
    arn = params["serviceDeploymentArn"]
    cluster, service = arn.split("/")[-3:-1]
    yield thing(How.CHANGES, "service", service, cluster=cluster)


@entry("ecs.run_task")
def run_task(params: Params) -> Named:
    yield from workload(params)
    for each in params.get("overrides", {}).get("containerOverrides", ()):
        overridden = next((words for member, words in COMMAND_OVERRIDES.items() if member in each), "")
        if overridden:
            yield RequiredCapability(
                Capability.COMMAND_OVERRIDE, f"The {overridden} of the container {each['name']} is overridden."
            )
        for file in each.get("environmentFiles") or ():
            yield thing(How.READS, "object", file["value"])
    for key in ("taskRoleArn", "executionRoleArn"):
        yield thing(How.PASSES, "role", params.get("overrides", {}).get(key))


@entry("ecs.stop_task")
def stop_task(params: Params) -> Named:
    yield thing(How.CHANGES, "task", tail(params["task"]), cluster=params.get("cluster", DEFAULT_CLUSTER))


@entry("ecs.update_container_instances_state")
def change_container_instances(params: Params) -> Named:
    for arn in params["containerInstances"]:
        yield _in_cluster(How.CHANGES, "container_instance", {**params, "instance": arn}, "instance")


@entry("ecs.deregister_container_instance")
def deregister_container_instance(params: Params) -> Named:
    yield _in_cluster(How.DELETES, "container_instance", params, "containerInstance")


@entry("ecs.deregister_task_definition")
def deregister_task_definition(params: Params) -> Named:
    yield thing(How.CHANGES, "task_definition", params["taskDefinition"])


@entry("ecs.delete_task_definitions")
def delete_task_definitions(params: Params) -> Named:
    for name in params["taskDefinitions"]:
        yield thing(How.DELETES, "task_definition", name)


@entry("ecs.register_task_definition")
def register_task_definition(params: Params) -> Named:
    yield thing(How.CHANGES, "task_definition", params["family"])
    for key in ("taskRoleArn", "executionRoleArn"):
        yield thing(How.PASSES, "role", params.get(key))
    for volume in params.get("volumes", ()):
        yield from _volume(volume)
    for mode in ("networkMode", "pidMode", "ipcMode"):
        if params.get(mode) == "host":
            yield _host_access(f"{mode} is host.")
    for container in params.get("containerDefinitions", ()):
        yield from _container(container)


def _container(container: Params) -> Named:
    name = container.get("name", "")
    if container.get("privileged"):
        yield _host_access(f"The container {name} is privileged.")
    linux = container.get("linuxParameters") or {}
    for added in (linux.get("capabilities") or {}).get("add") or ():
        yield _host_access(f"The container {name} adds the Linux capability {added}.")
    for device in linux.get("devices") or ():
        yield _host_access(f"The container {name} uses the host's device {device.get('hostPath')}.")
    if container.get("dockerSecurityOptions"):
        yield _host_access(f"The container {name} sets Docker security options.")
    logs = container.get("logConfiguration") or {}
    secrets = [*(container.get("secrets") or ()), *(logs.get("secretOptions") or ())]
    for secret in secrets:
        yield secret_of(secret["valueFrom"])
    if credentials := (container.get("repositoryCredentials") or {}).get("credentialsParameter"):
        yield secret_of(credentials)
    if group := (logs.get("options") or {}).get("awslogs-group"):
        yield thing(How.USES, "log_group", group)
    for file in container.get("environmentFiles") or ():
        yield thing(How.READS, "object", file["value"])
    yield from _configuration(container)
    if image := OWN_REGISTRY.match(str(container.get("image") or "")):
        yield thing(How.READS, "repository", image["name"])


def _configuration(container: Params) -> Named:
    """Files and secrets that the agent of ECS or the log router reads for the container."""
    firelens = (container.get("firelensConfiguration") or {}).get("options") or {}
    if firelens.get("config-file-type") == "s3" or str(firelens.get("config-file-value", "")).startswith("arn:"):
        yield thing(How.READS, "object", firelens.get("config-file-value"))
    for text in container.get("credentialSpecs") or ():
        value = text[text.find("arn:") :] if "arn:" in text else ""
        kind = "object" if value.split(":")[2:3] == ["s3"] else "secret"
        yield secret_of(value) if kind == "secret" else thing(How.READS, kind, value)


def _host_access(reason: str) -> RequiredCapability:
    return RequiredCapability(Capability.HOST_ACCESS, reason)


def _volume(volume: Params) -> Named:
    if path := (volume.get("host") or {}).get("sourcePath"):
        yield _host_access(f"The volume {volume.get('name')} mounts the host's path {path}.")
    if volume.get("dockerVolumeConfiguration"):
        yield _host_access(f"The volume {volume.get('name')} is a Docker volume of the host.")
    efs = volume.get("efsVolumeConfiguration") or {}
    yield thing(How.USES, "file_system", efs.get("fileSystemId"))
    fsx = volume.get("fsxWindowsFileServerVolumeConfiguration") or {}
    yield thing(How.USES, "file_system", fsx.get("fileSystemId"))


def _in_cluster(how: How, kind: str, params: Params, key: str) -> Reference:
    return thing(how, kind, tail(params[key]), cluster=params.get("cluster", DEFAULT_CLUSTER))


def _by_arn(how: How, arn: str) -> Reference:
    """A resource of ECS by its ARN: `cluster/shop`, `service/shop/web`."""
    kind, *names = arn.split(":", 5)[-1].split("/")
    cluster = names[0] if len(names) > 1 else ""
    return thing(how, kind.replace("-", "_"), names[-1], cluster=cluster)

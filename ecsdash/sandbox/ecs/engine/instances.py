"""Container instances: registration, draining, deregistration."""

from dataclasses import dataclass

from ecsdash.sandbox.ecs.aws_services import InstanceType
from ecsdash.sandbox.ecs.engine import notify, shutdown, task_specs
from ecsdash.sandbox.ecs.engine.scheduling import retry_placement, schedule_checks
from ecsdash.sandbox.ecs.models import Cluster, ContainerInstance, Json, Target, Task
from ecsdash.sandbox.ecs.state import EcsState, short
from ecsdash.sandbox.scope import Scope

_CAPABILITIES = (
    "com.amazonaws.ecs.capability.docker-remote-api.1.29",
    "com.amazonaws.ecs.capability.logging-driver.awslogs",
    "com.amazonaws.ecs.capability.logging-driver.json-file",
    "com.amazonaws.ecs.capability.privileged-container",
    "com.amazonaws.ecs.capability.ecr-auth",
    "com.amazonaws.ecs.capability.task-iam-role",
    "ecs.capability.execution-role-awslogs",
    "ecs.capability.execution-role-ecr-pull",
    "ecs.capability.secrets.asm.environment-variables",
    "ecs.capability.secrets.ssm.environment-variables",
    "ecs.capability.task-eni",
    "ecs.capability.container-health-check",
    "ecs.capability.container-ordering",
)


@dataclass(frozen=True)
class NetworkLocation:
    subnet_id: str
    zone: str
    private_ip: str


def register(
    state: EcsState,
    scope: Scope,
    cluster: Cluster,
    ec2_instance_id: str,
    instance_type: str,
    location: NetworkLocation,
    attributes: dict[str, str],
    provider: str = "",
) -> ContainerInstance:
    size = state.aws.instance_type(instance_type)
    instance_id = state.hex_id()
    instance = ContainerInstance(
        id=instance_id,
        arn=scope.arn(f"container-instance/{cluster.name}/{instance_id}"),
        cluster=cluster.name,
        ec2_instance_id=ec2_instance_id,
        instance_type=instance_type,
        zone=location.zone,
        private_ip=location.private_ip,
        cpu=size.vcpu * 1024,
        memory=int(size.memory_mib * 0.95),
        network_interfaces=_interfaces(state, scope, instance_type, size, managed=bool(provider)),
        attributes=_attributes(instance_type, location) | attributes,
        registered_at=state.now,
        tags={},
        capacity_provider=provider or _provider_of(state, scope, cluster, ec2_instance_id),
        managed=bool(provider),
        idle_since=state.now,
    )
    cluster.instances[instance_id] = instance
    notify.instance_changed(state, scope, cluster, instance)
    retry_placement(state, scope, cluster)
    schedule_checks(state, cluster)
    return instance


def lose(state: EcsState, scope: Scope, cluster: Cluster, instance: ContainerInstance) -> None:
    """Stop all tasks at once: the EC2 instance was terminated."""
    for task_id in list(instance.task_ids):
        shutdown.cut_off(
            state,
            scope,
            cluster,
            cluster.tasks[task_id],
            "TerminationNotice",
            f"Host EC2 (instance {instance.ec2_instance_id}) terminated.",
        )
    remove(state, scope, cluster, instance)


def remove(state: EcsState, scope: Scope, cluster: Cluster, instance: ContainerInstance) -> None:
    instance.status, instance.agent_connected = "INACTIVE", False
    notify.instance_changed(state, scope, cluster, instance)
    cluster.instances.pop(instance.id, None)
    schedule_checks(state, cluster)


def drain(state: EcsState, scope: Scope, cluster: Cluster, instance: ContainerInstance) -> None:
    """Service tasks are replaced elsewhere by the scheduler; pending ones stop at once; standalone ones stay."""
    instance.status = "DRAINING"
    notify.instance_changed(state, scope, cluster, instance)
    for task_id in list(instance.task_ids):
        task = cluster.tasks[task_id]
        if task.service and task.pending:
            reason = f"Container instance {instance.id} is DRAINING"
            shutdown.stop(state, scope, cluster, task, "ServiceSchedulerInitiated", reason)
    schedule_checks(state, cluster)


def activate(state: EcsState, scope: Scope, cluster: Cluster, instance: ContainerInstance) -> None:
    instance.status = "ACTIVE"
    notify.instance_changed(state, scope, cluster, instance)
    retry_placement(state, scope, cluster)
    schedule_checks(state, cluster)


def behind_target(state: EcsState, scope: Scope, cluster: Cluster, task: Task, target: Target) -> Json:
    balancer = next(b for b in task.load_balancers if b["targetGroupArn"] == target.target_group_arn)
    container = next(c for c in task.containers if c.name == balancer["containerName"])
    definition = state.definition(scope, task.definition_arn)
    body = next(c for c in definition.body["containerDefinitions"] if c["name"] == container.name)
    volumes = definition.body.get("volumes", [])
    return {
        "cluster": cluster.name,
        "service": task.service,
        "task": task.id,
        "taskDefinition": short(task.definition_arn),
        "container": container.name,
        "image": container.image,
        "environment": {pair["name"]: pair.get("value", "") for pair in body.get("environment", [])},
        "secrets": {pair["name"]: pair["valueFrom"] for pair in body.get("secrets", [])},
        "mounts": {each["containerPath"]: each["sourceVolume"] for each in body.get("mountPoints", [])},
        "volumes": {volume["name"]: volume.get("efsVolumeConfiguration", {}) for volume in volumes},
        "zone": task.zone,
        **dict(zip(("address", "interface", "namespace"), network_of(cluster, task), strict=True)),
    }


def network_of(cluster: Cluster, task: Task) -> tuple[str, str, str]:
    """Return its private address and network interface, and the namespace in which Service Connect resolves names."""
    service = cluster.services.get(task.service)
    namespace = task_specs.namespace_of(cluster, service.revision) if service else ""
    return task.private_ip, task.eni_id, namespace


def _interfaces(state: EcsState, scope: Scope, instance_type: str, size: InstanceType, *, managed: bool) -> int:
    """With ENI trunking instances have more network interfaces: Managed Instances, others by an account setting."""
    trunking = state.region(scope).settings.get(" awsvpcTrunking", {}).get("value") == "enabled"
    more = managed or (trunking and instance_type[0] != "t")
    return size.network_interfaces + (4 * size.vcpu if more else 0)


def _attributes(instance_type: str, location: NetworkLocation) -> dict[str, str]:
    known = {
        "ecs.instance-type": instance_type,
        "ecs.availability-zone": location.zone,
        "ecs.subnet-id": location.subnet_id,
        "ecs.os-type": "linux",
        "ecs.os-family": "LINUX",
        "ecs.cpu-architecture": "arm64" if "g." in instance_type else "x86_64",
    }
    return known | dict.fromkeys(_CAPABILITIES, "")


def _provider_of(state: EcsState, scope: Scope, cluster: Cluster, ec2_instance_id: str) -> str:
    for name in cluster.capacity_providers:
        provider = state.provider(scope, name)
        arn = provider.auto_scaling.get("autoScalingGroupArn", "") if provider else ""
        group = state.aws.auto_scaling_group(scope, arn)
        if group and ec2_instance_id in group.instance_ids:
            return name
    return ""

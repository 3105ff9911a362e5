"""Container instances: how they join and leave a cluster."""

from dataclasses import dataclass

from ...ports import Scope
from ..state import Cluster, ContainerInstance, Json, Target, Task
from ..world import World, arn, short
from . import notify, shutdown
from .signals import poke_all, room_changed

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
class Place:
    subnet_id: str
    zone: str
    private_ip: str


def register(
    world: World,
    scope: Scope,
    cluster: Cluster,
    ec2_instance_id: str,
    instance_type: str,
    place: Place,
    attributes: dict[str, str],
) -> ContainerInstance:
    size = world.links.instance_type(instance_type)
    instance_id = world.hex_id()
    instance = ContainerInstance(
        id=instance_id,
        arn=arn(scope, f"container-instance/{cluster.name}/{instance_id}"),
        cluster=cluster.name,
        ec2_instance_id=ec2_instance_id,
        instance_type=instance_type,
        zone=place.zone,
        private_ip=place.private_ip,
        cpu=size.vcpu * 1024,
        memory=int(size.memory_mib * 0.95),
        network_interfaces=size.network_interfaces,
        attributes=_attributes(instance_type, place) | attributes,
        registered_at=world.now,
        tags={},
        capacity_provider=_provider_of(world, scope, cluster, ec2_instance_id),
        idle_since=world.now,
    )
    cluster.instances[instance_id] = instance
    notify.instance_changed(world, scope, cluster, instance)
    room_changed(world, scope, cluster)
    poke_all(world, cluster)
    return instance


def lose(world: World, scope: Scope, cluster: Cluster, instance: ContainerInstance) -> None:
    """The EC2 instance was terminated: nothing on it can be stopped in an orderly way."""
    for task_id in list(instance.task_ids):
        shutdown.cut_off(
            world,
            scope,
            cluster,
            cluster.tasks[task_id],
            "TerminationNotice",
            f"Host EC2 (instance {instance.ec2_instance_id}) terminated.",
        )
    remove(world, scope, cluster, instance)


def remove(world: World, scope: Scope, cluster: Cluster, instance: ContainerInstance) -> None:
    instance.status, instance.agent_connected = "INACTIVE", False
    notify.instance_changed(world, scope, cluster, instance)
    cluster.instances.pop(instance.id, None)
    poke_all(world, cluster)


def drain(world: World, scope: Scope, cluster: Cluster, instance: ContainerInstance) -> None:
    """Service tasks are replaced elsewhere by the scheduler; pending ones stop at once; standalone ones stay."""
    instance.status = "DRAINING"
    notify.instance_changed(world, scope, cluster, instance)
    for task_id in list(instance.task_ids):
        task = cluster.tasks[task_id]
        if task.service and task.pending:
            reason = f"Container instance {instance.id} is DRAINING"
            shutdown.stop(world, scope, cluster, task, "ServiceSchedulerInitiated", reason)
    poke_all(world, cluster)


def activate(world: World, scope: Scope, cluster: Cluster, instance: ContainerInstance) -> None:
    instance.status = "ACTIVE"
    notify.instance_changed(world, scope, cluster, instance)
    room_changed(world, scope, cluster)
    poke_all(world, cluster)


def behind_target(world: World, scope: Scope, cluster: Cluster, task: Task, target: Target) -> Json:
    balancer = next(b for b in task.load_balancers if b["targetGroupArn"] == target.target_group_arn)
    container = next(c for c in task.containers if c.name == balancer["containerName"])
    definition = world.definition(scope, task.definition_arn)
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
        "address": task.private_ip,
    }


def _attributes(instance_type: str, place: Place) -> dict[str, str]:
    known = {
        "ecs.instance-type": instance_type,
        "ecs.availability-zone": place.zone,
        "ecs.subnet-id": place.subnet_id,
        "ecs.os-type": "linux",
        "ecs.os-family": "LINUX",
        "ecs.cpu-architecture": "arm64" if "g." in instance_type else "x86_64",
    }
    return known | dict.fromkeys(_CAPABILITIES, "")


def _provider_of(world: World, scope: Scope, cluster: Cluster, ec2_instance_id: str) -> str:
    for name in cluster.capacity_providers:
        provider = world.provider(scope, name)
        group = provider and world.links.auto_scaling_group(scope, provider.auto_scaling["autoScalingGroupArn"])
        if group and ec2_instance_id in group.instance_ids:
            return name
    return ""

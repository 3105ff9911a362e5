"""What stands in the way of deleting a cluster, and the ordered steps that take it down.

Every step is content with what is gone already, so a teardown that stopped half way goes on, and one that is started
again after a half-done one does no harm.
"""

from dataclasses import dataclass

from clusters.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance
from clusters.planning.draining import members
from clusters.planning.launching import CLUSTER_TAG
from clusters.planning.occupants import Occupants, occupants_of
from clusters.selectors.capacity import FARGATE
from ecsdash.operations.plan import Step

#: The call's way to say that a task or an instance is not there (any more).
NOT_FOUND = ("InvalidParameterException", "ClientException")
EMPTY_SECONDS = 3600


@dataclass(frozen=True)
class InTheWay:
    """`providers` and `groups` are what only this cluster uses; `shared` are providers that others use too.

    `keepers` are Auto Scaling groups of no capacity provider: they stay, and replace the instances that are ended.
    """

    cluster: Cluster
    occupants: Occupants
    instances: tuple[ContainerInstance, ...]
    providers: tuple[CapacityProvider, ...]
    groups: tuple[AutoScalingGroup, ...]
    shared: tuple[str, ...]
    keepers: tuple[str, ...]

    @property
    def templates(self) -> list[tuple[str, str]]:
        """Key and value by which EC2 finds each launch template that was made for this cluster here."""
        found = [group for group in self.groups if group.tags.get(CLUSTER_TAG) == self.cluster.name]
        named = [group.description.get("LaunchTemplate", {}) for group in found]
        return [(each["LaunchTemplateId"], each["LaunchTemplateName"]) for each in named if each]

    @property
    def loose(self) -> list[str]:
        """EC2 instances of no group that is deleted: they are ended one by one."""
        grouped = {name for group in self.groups for name in members(group)}
        return [row.name for row in self.instances if row.name.startswith("i-") and row.name not in grouped]


def in_the_way(cluster: Cluster) -> InTheWay:
    """From the inventory, whoever asks: AWS refuses to delete a cluster that holds something one cannot see."""
    here = (cluster.account, cluster.region)
    instances = ContainerInstance.objects.in_scope(*here).present().filter(cluster_name=cluster.name)
    others = Cluster.objects.in_scope(*here).present().exclude(pk=cluster.pk)
    used = {name for other in others for name in other.capacity_providers}
    rows = CapacityProvider.objects.in_scope(*here).present().filter(name__in=cluster.capacity_providers)
    own = [row for row in rows.order_by("name") if row.name not in FARGATE]
    ours = tuple(row for row in own if row.name not in used)
    groups = AutoScalingGroup.objects.in_scope(*here).present()
    arns = {row.auto_scaling_group_arn for row in rows}
    names = {row.name for row in instances}
    own_arns = {row.auto_scaling_group_arn for row in ours}
    return InTheWay(
        cluster,
        occupants_of(cluster),
        tuple(instances.order_by("name")),
        ours,
        tuple(groups.filter(arn__in=own_arns).order_by("name")),
        tuple(row.name for row in own if row.name in used),
        tuple(group.name for group in groups.exclude(arn__in=arns) if names.intersection(members(group))),
    )


def teardown_steps(found: InTheWay, *, capacity: bool) -> tuple[Step, ...]:
    """`capacity`: also end the instances, and delete what was made for this cluster to launch them."""
    return (
        *_service_steps(found),
        *_task_steps(found),
        *_empty_step(found),
        *_detach_step(found),
        *(_capacity_steps(found) if capacity else ()),
        *_instance_steps(found),
        _delete_step(found.cluster),
    )


def _service_steps(found: InTheWay) -> tuple[Step, ...]:
    """`force` scales to zero as well."""
    return tuple(
        Step(
            f"service_{number}",
            f"Delete the service {name}",
            "ecs.delete_service",
            {"cluster": found.cluster.name, "service": name, "force": True},
            tolerate=("ServiceNotFoundException", "ServiceNotActiveException", *NOT_FOUND),
        )
        for number, name in enumerate(found.occupants.services, 1)
    )


def _task_steps(found: InTheWay) -> tuple[Step, ...]:
    """Tasks of services end with these; the others are stopped."""
    reason = f"The cluster {found.cluster.name} is being deleted"
    return tuple(
        Step(
            f"task_{number}",
            f"Stop the task {task.arn.rpartition('/')[2]}",
            "ecs.stop_task",
            {"cluster": found.cluster.name, "task": task.arn, "reason": reason},
            tolerate=NOT_FOUND,
        )
        for number, task in enumerate(found.occupants.standalone, 1)
    )


def _empty_step(found: InTheWay) -> tuple[Step, ...]:
    services, tasks = len(found.occupants.services), len(found.occupants.tasks)
    if not services and not tasks:
        return ()
    return (
        Step(
            "empty",
            "Wait until no service and no task is left",
            until="cluster_empty",
            until_params={"cluster": found.cluster.name, "services": services, "tasks": tasks},
            timeout=EMPTY_SECONDS,
        ),
    )


def _detach_step(found: InTheWay) -> tuple[Step, ...]:
    name = found.cluster.name
    if not found.providers and not found.shared:
        return ()
    return (
        Step(
            "detach",
            "Detach the capacity providers",
            "ecs.put_cluster_capacity_providers",
            {"cluster": name, "capacityProviders": [], "defaultCapacityProviderStrategy": []},
            tolerate=("ClusterNotFoundException",),
            retry_on=("UpdateInProgressException", "ResourceInUseException"),
            until="cluster_attached",
            until_params={"cluster": name},
        ),
    )


def _capacity_steps(found: InTheWay) -> tuple[Step, ...]:
    providers = [
        Step(
            f"provider_{number}",
            f"Delete the capacity provider {row.name}",
            "ecs.delete_capacity_provider",
            {"capacityProvider": row.name},
            tolerate=NOT_FOUND,  # the wait tells one that is gone from one that may not go
            until="capacity_provider_gone",
            until_params={"capacity_provider": row.name},
        )
        for number, row in enumerate(found.providers, 1)
    ]
    groups = [
        Step(
            f"group_{number}",
            f"Delete the Auto Scaling group {row.name} and its instances",
            "autoscaling.delete_auto_scaling_group",
            {"AutoScalingGroupName": row.name, "ForceDelete": True},
            tolerate=("ValidationError",),
            retry_on=("ScalingActivityInProgress", "ResourceInUse"),
            until="auto_scaling_group_gone",
            until_params={"group": row.name},
        )
        for number, row in enumerate(found.groups, 1)
    ]
    templates = [
        Step(
            f"template_{number}",
            f"Delete the launch template {name}",
            "ec2.delete_launch_template",
            {"LaunchTemplateId": template_id},
            tolerate=("InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateName.NotFoundException"),
        )
        for number, (template_id, name) in enumerate(found.templates, 1)
    ]
    return (*providers, *groups, *templates, *_terminate_step(found.loose))


def _terminate_step(names: list[str]) -> tuple[Step, ...]:
    if not names:
        return ()
    title = f"End {len(names)} EC2 instances" if len(names) > 1 else f"End the EC2 instance {names[0]}"
    return (
        Step(
            "terminate",
            title,
            "ec2.terminate_instances",
            {"InstanceIds": names},
            tolerate=("InvalidInstanceID.NotFound",),
            until="instances_terminated",
            until_params={"instances": names},
        ),
    )


def _instance_steps(found: InTheWay) -> tuple[Step, ...]:
    """ECS drops ended instances by itself, but not those whose agent had lost touch before."""
    cluster, arns = found.cluster.name, [row.arn for row in found.instances]
    steps = [
        Step(
            f"deregister_{number}",
            f"Make sure that {row.name} is no longer registered",
            "ecs.deregister_container_instance",
            {"cluster": cluster, "containerInstance": row.arn, "force": True},
            tolerate=("ClusterNotFoundException", *NOT_FOUND),
        )
        for number, row in enumerate(found.instances, 1)
    ]
    params = {"cluster": cluster, "container_instances": arns}
    waits = [Step("deregistered", "Wait until no instance is registered", until="instances_gone", until_params=params)]
    return (*steps, *(waits if arns else []))


def _delete_step(cluster: Cluster) -> Step:
    return Step(
        "delete_cluster",
        f"Delete the cluster {cluster.name}",
        "ecs.delete_cluster",
        {"cluster": cluster.name},
        tolerate=("ClusterNotFoundException",),
        retry_on=(
            "ClusterContainsServicesException",
            "ClusterContainsTasksException",
            "ClusterContainsContainerInstancesException",
            "UpdateInProgressException",
        ),
        until="cluster_inactive",
        until_params={"cluster": cluster.name},
    )

"""The contents of a cluster, and the ordered steps that delete them and then the cluster.

Every step tolerates that its resource is deleted already, so a teardown can continue after a failure and can be started
again.
"""

from dataclasses import dataclass

from clusters.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance
from clusters.planning.draining import members
from clusters.planning.launching import CLUSTER_TAG
from clusters.planning.workload import Workload, workload_of
from clusters.selectors.capacity import FARGATE
from ecsdash.operations.plan import Step

#: The error codes of ECS for a task or an instance that does not exist (any more).
NOT_FOUND = ("InvalidParameterException", "ClientException")
EMPTY_SECONDS = 3600


@dataclass(frozen=True)
class ClusterContents:
    """`providers` and `groups` are used by this cluster only; `shared` are capacity providers of other clusters too.

    `kept_groups` have instances in the cluster but no capacity provider: they are not deleted, and replace instances
    that are terminated.
    """

    cluster: Cluster
    workload: Workload
    instances: tuple[ContainerInstance, ...]
    providers: tuple[CapacityProvider, ...]
    groups: tuple[AutoScalingGroup, ...]
    shared: tuple[str, ...]
    kept_groups: tuple[str, ...]

    @property
    def templates(self) -> list[tuple[str, str]]:
        """Return the id and the name of each launch template that this dashboard created for the cluster."""
        own_groups = [group for group in self.groups if group.tags.get(CLUSTER_TAG) == self.cluster.name]
        named = [group.launch_template for group in own_groups]
        return [(each["LaunchTemplateId"], each["LaunchTemplateName"]) for each in named if each]

    @property
    def ungrouped(self) -> list[str]:
        """Return the EC2 instances that are in none of `groups`: they are terminated by their ids."""
        grouped = {name for group in self.groups for name in members(group)}
        return [row.name for row in self.own_instances if row.name.startswith("i-") and row.name not in grouped]

    @property
    def own_instances(self) -> list[ContainerInstance]:
        """Return the instances that are not ECS Managed Instances."""
        managed = {row.name for row in self.managed}
        return [row for row in self.instances if row.capacity_provider_name not in managed]

    @property
    def managed(self) -> list[CapacityProvider]:
        """Return the providers of ECS Managed Instances. They belong to the cluster, and ECS terminates their
        instances."""
        return [row for row in self.providers if row.managed_instances]


def contents_of(cluster: Cluster) -> ClusterContents:
    """Return all contents, also those that the user may not see: AWS deletes only an empty cluster."""
    here = (cluster.account, cluster.region)
    instances = ContainerInstance.objects.in_scope(*here).present().filter(cluster_name=cluster.name)
    others = Cluster.objects.in_scope(*here).present().exclude(pk=cluster.pk)
    used = {name for other in others for name in other.capacity_providers}
    rows = CapacityProvider.objects.in_scope(*here).present().filter(name__in=cluster.capacity_providers)
    own = [row for row in rows.order_by("name") if row.name not in FARGATE]
    unshared = tuple(row for row in own if row.name not in used)
    groups = AutoScalingGroup.objects.in_scope(*here).present()
    arns = {row.auto_scaling_group_arn for row in rows}
    names = {row.name for row in instances}
    own_arns = {row.auto_scaling_group_arn for row in unshared}
    return ClusterContents(
        cluster,
        workload_of(cluster),
        tuple(instances.order_by("name")),
        unshared,
        tuple(groups.filter(arn__in=own_arns).order_by("name")),
        tuple(row.name for row in own if row.name in used),
        tuple(group.name for group in groups.exclude(arn__in=arns) if names.intersection(members(group))),
    )


def teardown_steps(contents: ClusterContents, *, capacity: bool) -> tuple[Step, ...]:
    """`capacity`: also terminate the instances and delete the capacity that only this cluster uses."""
    return (
        *_service_steps(contents),
        *_task_steps(contents),
        *_empty_step(contents),
        *_detach_step(contents),
        *_managed_steps(contents),
        *(_capacity_steps(contents) if capacity else ()),
        *_instance_steps(contents),
        _delete_step(contents.cluster),
    )


def _service_steps(contents: ClusterContents) -> tuple[Step, ...]:
    """Return the calls that delete the services. `force` includes the scaling to 0."""
    return tuple(
        Step(
            f"service_{number}",
            f"Delete the service {name}",
            "ecs.delete_service",
            {"cluster": contents.cluster.name, "service": name, "force": True},
            tolerate=("ServiceNotFoundException", "ServiceNotActiveException", *NOT_FOUND),
        )
        for number, name in enumerate(contents.workload.services, 1)
    )


def _task_steps(contents: ClusterContents) -> tuple[Step, ...]:
    """Return the calls that stop the standalone tasks. Deleting a service stops its tasks."""
    reason = f"The cluster {contents.cluster.name} is being deleted"
    return tuple(
        Step(
            f"task_{number}",
            f"Stop the task {task.arn.rpartition('/')[2]}",
            "ecs.stop_task",
            {"cluster": contents.cluster.name, "task": task.arn, "reason": reason},
            tolerate=NOT_FOUND,
        )
        for number, task in enumerate(contents.workload.standalone, 1)
    )


def _empty_step(contents: ClusterContents) -> tuple[Step, ...]:
    services, tasks = len(contents.workload.services), len(contents.workload.tasks)
    if not services and not tasks:
        return ()
    return (
        Step(
            "empty",
            "Wait until all services are deleted and all tasks stopped",
            until="cluster_empty",
            until_params={"cluster": contents.cluster.name, "services": services, "tasks": tasks},
            timeout=EMPTY_SECONDS,
        ),
    )


def _detach_step(contents: ClusterContents) -> tuple[Step, ...]:
    name = contents.cluster.name
    if not contents.providers and not contents.shared:
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


def _managed_steps(contents: ClusterContents) -> tuple[Step, ...]:
    return tuple(delete_provider_step(row, f"managed_{number}") for number, row in enumerate(contents.managed, 1))


def _capacity_steps(contents: ClusterContents) -> tuple[Step, ...]:
    others = [row for row in contents.providers if not row.managed_instances]
    providers = [delete_provider_step(row, f"provider_{number}") for number, row in enumerate(others, 1)]
    groups = [delete_group_step(row.name, f"group_{number}") for number, row in enumerate(contents.groups, 1)]
    templates = [
        delete_template_step(template_id, name, f"template_{number}")
        for number, (template_id, name) in enumerate(contents.templates, 1)
    ]
    return (*providers, *groups, *templates, *_terminate_step(contents.ungrouped))


def delete_provider_step(provider: CapacityProvider, key: str) -> Step:
    place = {"cluster": provider.cluster_name} if provider.cluster_name else {}
    return Step(
        key,
        f"Delete the capacity provider {provider.name}",
        "ecs.delete_capacity_provider",
        {"capacityProvider": provider.name, **place},
        tolerate=NOT_FOUND,  # the condition finds out whether it is deleted or still in use
        until="capacity_provider_gone",
        until_params={"capacity_provider": provider.name, **place},
    )


def delete_group_step(name: str, key: str) -> Step:
    return Step(
        key,
        f"Delete the Auto Scaling group {name} and its instances",
        "autoscaling.delete_auto_scaling_group",
        {"AutoScalingGroupName": name, "ForceDelete": True},
        tolerate=("ValidationError",),
        retry_on=("ScalingActivityInProgress", "ResourceInUse"),
        until="auto_scaling_group_gone",
        until_params={"group": name},
    )


def delete_template_step(template_id: str, name: str, key: str) -> Step:
    return Step(
        key,
        f"Delete the launch template {name}",
        "ec2.delete_launch_template",
        {"LaunchTemplateId": template_id},
        tolerate=("InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateName.NotFoundException"),
    )


def _terminate_step(names: list[str]) -> tuple[Step, ...]:
    if not names:
        return ()
    title = f"Terminate {len(names)} EC2 instances" if len(names) > 1 else f"Terminate the EC2 instance {names[0]}"
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


def _instance_steps(contents: ClusterContents) -> tuple[Step, ...]:
    """ECS deregisters terminated instances by itself, except those whose agent was disconnected before."""
    cluster, arns = contents.cluster.name, [row.arn for row in contents.instances]
    steps = [
        Step(
            f"deregister_{number}",
            f"Deregister {row.name}",
            "ecs.deregister_container_instance",
            {"cluster": cluster, "containerInstance": row.arn, "force": True},
            tolerate=("ClusterNotFoundException", *NOT_FOUND),
        )
        for number, row in enumerate(contents.instances, 1)
    ]
    params = {"cluster": cluster, "container_instances": arns}
    waits = [
        Step(
            "deregistered",
            "Wait until all instances are deregistered",
            until="instances_gone",
            until_params=params,
        )
    ]
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

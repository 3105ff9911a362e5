from collections.abc import Mapping
from typing import Any

from django import forms

from clusters.models import Cluster
from clusters.planning.base import ClusterAction
from clusters.planning.draining import shortened
from clusters.planning.teardown import InTheWay, in_the_way, teardown_steps
from ecsdash.aws.prices import Estimate, instances_monthly, total
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Danger, Level, Observation, Plan


class DeleteClusterForm(ActionForm):
    capacity = forms.BooleanField(
        label="Also end its EC2 instances and delete the capacity made for it",
        required=False,
        initial=True,
        help_text="Capacity providers and Auto Scaling groups that no other cluster uses, and their launch templates.",
    )


@register
class DeleteCluster(ClusterAction):
    name = "delete_cluster"
    label = "Delete cluster"
    danger = Danger.LOSES
    path = "clusters/<str:cluster>/delete/"
    icon = "trash"
    form_class = DeleteClusterForm
    template = "clusters/delete_cluster.html"
    watches = ("clusters", "services", "tasks", "container_instances", "capacity_providers", "auto_scaling_groups")
    calls = (
        "ecs.delete_service",
        "ecs.stop_task",
        "ecs.put_cluster_capacity_providers",
        "ecs.delete_capacity_provider",
        "autoscaling.delete_auto_scaling_group",
        "ec2.delete_launch_template",
        "ec2.terminate_instances",
        "ecs.deregister_container_instance",
        "ecs.delete_cluster",
    )

    def unavailable(self, resource: Cluster) -> str:
        return "" if resource.status != "DEPROVISIONING" else "The cluster is being deleted already."

    def extra_context(self, context: ActionContext, form: ActionForm) -> dict[str, Any]:
        return {"found": in_the_way(context.resource)}

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        cluster: Cluster = context.resource
        found, capacity = in_the_way(cluster), bool(data["capacity"])
        return Plan(
            summary=f"Delete the cluster {cluster.name}",
            resource_key=cluster.arn,
            resource_name=cluster.name,
            steps=teardown_steps(found, capacity=capacity),
            changes=_changes(found, capacity=capacity),
            checks=_checks(found, capacity=capacity),
            observes=(Observation("cluster_state", {"cluster": cluster.name}, {}, f"The cluster {cluster.name}"),),
            touches=("clusters", "services", "tasks", "container_instances", "capacity_providers",
                     "auto_scaling_groups"),
            risks=_risks(found, capacity=capacity),
            cost=_cost(found) if capacity else None,
        )  # fmt: skip


def _changes(found: InTheWay, *, capacity: bool) -> tuple[Change, ...]:
    gone = [
        *(Change(f"service {name}", "running", None) for name in found.occupants.services),
        *(Change(f"task {task.arn.rpartition('/')[2]}", "running", None) for task in found.occupants.standalone),
        *(Change(f"instance {row.name}", row.status, None if capacity else "deregistered") for row in found.instances),
    ]
    if capacity:
        gone += [Change(f"capacity provider {row.name}", row.status, None) for row in found.providers]
        gone += [Change(f"Auto Scaling group {row.name}", f"{row.desired_capacity} instances", None)
                 for row in found.groups]  # fmt: skip
        gone += [Change(f"launch template {name}", "there", None) for _, name in found.templates]
    return (*gone, Change(f"cluster {found.cluster.name}", found.cluster.status, None))


def _checks(found: InTheWay, *, capacity: bool) -> tuple[Check, ...]:
    services, tasks = found.occupants.services, found.occupants.tasks
    checks = [Check(Level.OK, "No service and no task is in the way")]
    if services or tasks:
        title = f"{len(services)} services and {len(tasks)} tasks are in the way: they are taken down first"
        checks = [Check(Level.WARN, title, shortened(services))]
    if found.shared:
        title = f"{shortened(found.shared)}: used by other clusters too, so only detached"
        checks.append(Check(Level.OK, title))
    if found.keepers and capacity:
        title = f"{shortened(found.keepers)} will launch new instances in place of those that are ended"
        detail = "The Auto Scaling group belongs to no capacity provider of this cluster, so it stays."
        checks.append(Check(Level.WARN, title, detail, "Set its minimum and its desired capacity to 0 first."))
    if found.instances and not capacity:
        title = f"{len(found.instances)} EC2 instances go on running and cost money"
        checks.append(Check(Level.WARN, title, "They are only deregistered.", "Go back and choose to end them too."))
    return tuple(checks)


def _risks(found: InTheWay, *, capacity: bool) -> tuple[str, ...]:
    risks = ["There is no way back: a cluster of the same name can be created, but it will be empty."]
    if found.instances and capacity:
        risks.append("What is stored on the instances' disks is lost.")
    return tuple(risks)


def _cost(found: InTheWay) -> Estimate | None:
    return total(-instances_monthly(row.region, row.instance_type, 1) for row in found.instances)

from collections.abc import Mapping
from typing import Any

from django import forms

from clusters.models import Cluster
from clusters.planning.base import ClusterAction
from clusters.planning.draining import shortened
from clusters.planning.teardown import ClusterContents, contents_of, teardown_steps
from ecsdash.aws.prices import Estimate, instances_monthly, total
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Danger, Effect, Level, Observation, Plan
from ecsdash.web.formatting import counted


class DeleteClusterForm(ActionForm):
    capacity = forms.BooleanField(
        label="Terminate its EC2 instances and delete its capacity",
        required=False,
        initial=True,
        help_text="Capacity providers and Auto Scaling groups that only this cluster uses, and their launch templates.",
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
        return "" if resource.status != "DEPROVISIONING" else "The cluster is already being deleted."

    def extra_context(self, context: ActionContext, form: ActionForm) -> dict[str, Any]:
        return {"contents": contents_of(context.resource)}

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        cluster: Cluster = context.resource
        contents, capacity = contents_of(cluster), bool(data["capacity"])
        return Plan(
            summary=f"Delete the cluster {cluster.name}",
            resource_key=cluster.arn,
            resource_name=cluster.name,
            steps=teardown_steps(contents, capacity=capacity),
            changes=_changes(contents, capacity=capacity),
            checks=_checks(contents, capacity=capacity),
            observes=(
                Observation("cluster_state", {"cluster": cluster.name}, {}, f"Cluster {cluster.name}",
                            (Effect("delete_cluster", None),)),
            ),
            touches=("clusters", "services", "tasks", "container_instances", "capacity_providers",
                     "auto_scaling_groups"),
            risks=_risks(contents, capacity=capacity),
            cost=_cost(contents) if capacity else None,
        )  # fmt: skip


def _changes(contents: ClusterContents, *, capacity: bool) -> tuple[Change, ...]:
    kept = () if capacity else contents.own_instances
    deleted = [
        *(Change(f"service {name}", "running", None) for name in contents.workload.services),
        *(Change(f"task {task.arn.rpartition('/')[2]}", "running", None) for task in contents.workload.standalone),
        *(
            Change(f"instance {row.name}", row.status, "deregistered" if row in kept else None)
            for row in contents.instances
        ),
        *(Change(f"capacity provider {row.name}", row.status, None) for row in contents.managed),
    ]
    if capacity:
        others = [row for row in contents.providers if row not in contents.managed]
        deleted += [Change(f"capacity provider {row.name}", row.status, None) for row in others]
        deleted += [Change(f"Auto Scaling group {row.name}", f"{row.desired_capacity} instances", None)
                 for row in contents.groups]  # fmt: skip
        deleted += [Change(f"launch template {name}", "exists", None) for _, name in contents.templates]
    return (*deleted, Change(f"cluster {contents.cluster.name}", contents.cluster.status, None))


def _checks(contents: ClusterContents, *, capacity: bool) -> tuple[Check, ...]:
    services, tasks = contents.workload.services, contents.workload.tasks
    checks = [Check(Level.OK, "The cluster has no services and no running tasks")]
    if services or tasks:
        title = f"{counted(len(services), 'service')} and {counted(len(tasks), 'task')} are stopped and deleted first"
        checks = [Check(Level.WARN, title, shortened(services))]
    if contents.shared:
        title = f"{shortened(contents.shared)}: used by other clusters too, so it is only detached"
        checks.append(Check(Level.OK, title))
    if contents.kept_groups and capacity:
        title = f"{shortened(contents.kept_groups)} launches replacements for the terminated instances"
        detail = "The Auto Scaling group has no capacity provider in this cluster, so it is not deleted."
        checks.append(Check(Level.WARN, title, detail, "First set its minimum and desired capacity to 0."))
    if contents.own_instances and not capacity:
        title = f"{counted(len(contents.own_instances), 'EC2 instance')} will keep running and incur costs"
        fix = "Go back and choose to terminate them too."
        checks.append(Check(Level.WARN, title, "They are only deregistered from the cluster.", fix))
    return tuple(checks)


def _risks(contents: ClusterContents, *, capacity: bool) -> tuple[str, ...]:
    risks = ["This cannot be undone. A new cluster of the same name will be empty."]
    if contents.instances and capacity:
        risks.append("All data on the root volumes of the instances is lost.")
    return tuple(risks)


def _cost(contents: ClusterContents) -> Estimate | None:
    return total(-instances_monthly(row.region, row.instance_type, 1) for row in contents.instances)

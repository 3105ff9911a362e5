from collections.abc import Mapping
from typing import Any

from clusters.forms.default_strategy import default_items, strategy_with
from clusters.forms.launch import WATCHES
from clusters.forms.new_provider import NEW, NewProviderForm
from clusters.forms.provider_settings import provider_settings, settings_lines
from clusters.models import AutoScalingGroup, Cluster
from clusters.planning import roles
from clusters.planning.auto_scaling import GroupCapacity, Mix, attach_step, provider_step
from clusters.planning.base import ClusterAction
from clusters.planning.launching import Launch, launch_checks
from clusters.runtime.clusters import strategy_lines
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Check, Danger, Effect, Level, Observation, Plan, Step, Undo

Json = dict[str, Any]


@register
class CreateCapacityProvider(ClusterAction):
    """Creates a capacity provider with an existing or a new Auto Scaling group, and attaches it to the cluster."""

    name = "create_capacity_provider"
    label = "Create capacity provider"
    danger = Danger.NONE
    creates = "capacity_provider"
    path = "clusters/<str:cluster>/capacity/new/"
    icon = "plus"
    form_class = NewProviderForm
    template = "clusters/create_capacity_provider.html"
    watches = ("clusters", "capacity_providers", "auto_scaling_groups", *WATCHES)
    calls = (
        *roles.CALLS,
        "iam.create_instance_profile",
        "iam.add_role_to_instance_profile",
        "ec2.create_launch_template",
        "autoscaling.create_auto_scaling_group",
        "autoscaling.describe_auto_scaling_groups",
        "ecs.create_capacity_provider",
        "ecs.put_cluster_capacity_providers",
    )

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        cluster: Cluster = context.resource
        capacity = _capacity(cluster, data) if data["source"] == NEW else None
        name = data["name"]
        strategy = strategy_with(cluster, name, data)
        present = default_items(cluster)
        providers = {"before": cluster.capacity_providers, "after": [*cluster.capacity_providers, name]}
        lines = {"before": strategy_lines(present), "after": strategy_lines(strategy)}
        effect = {"capacity providers": providers["after"], "default strategy": lines["after"]}
        return Plan(
            summary=f"Create the capacity provider {name} in {cluster.name}",
            resource_key=context.arn("ecs", f"capacity-provider/{name}"),
            resource_name=name,
            steps=(
                capacity.steps(cluster.capacity_providers, strategy)
                if capacity
                else _with_group(cluster, data, strategy)
            ),
            changes=(
                *(capacity.changes() if capacity else _changes(data)),
                *(Change(label, None, value) for label, value in settings_lines(provider_settings(data)).items()),
                *((Change("default strategy", *lines.values()),) if lines["before"] != lines["after"] else ()),
            ),
            checks=(*(launch_checks(capacity.launch) if capacity else ()), *_checks(cluster, data)),
            observes=(
                Observation(
                    "cluster_state",
                    {"cluster": cluster.name},
                    {"capacity providers": providers["before"], "default strategy": lines["before"]},
                    f"Cluster {cluster.name}",
                    (Effect("attach", effect),),
                ),
            ),
            undo=Undo(
                "delete_capacity_provider",
                f"delete the capacity provider {name}",
                {**context.scope.url_kwargs(), "capacity_provider": name},
                {"group": "on"} if capacity else {},
            ),
            touches=("clusters", "capacity_providers", "auto_scaling_groups", "container_instances"),
            cost=capacity.monthly_cost if capacity else None,
        )


def _capacity(cluster: Cluster, data: Mapping[str, Any]) -> GroupCapacity:
    first = data["instance_type"].name
    types = tuple(dict.fromkeys((first, *data["more_types"])))
    return GroupCapacity(
        name=data["name"],
        launch=Launch.of(cluster.name, data),
        minimum=data["minimum"],
        maximum=data["maximum"],
        desired=data["desired"],
        mix=Mix(types, data["base"], data["percentage"]),
        settings=provider_settings(data),
    )


def _with_group(cluster: Cluster, data: Mapping[str, Any], strategy: list[Json]) -> tuple[Step, ...]:
    group = {"autoScalingGroupArn": data["group"].arn, **provider_settings(data)}
    create = provider_step(data["name"], cluster.name, {"autoScalingGroupProvider": group})
    return create, attach_step(cluster.name, [*cluster.capacity_providers, data["name"]], strategy)


def _changes(data: Mapping[str, Any]) -> tuple[Change, ...]:
    return Change("capacity provider", None, data["name"]), Change("Auto Scaling group", None, data["group"].name)


def _checks(cluster: Cluster, data: Mapping[str, Any]) -> tuple[Check, ...]:
    """Return the checks that the instances of an existing group can register, and that Spot may be taken back."""
    group: AutoScalingGroup | None = data.get("group") if data["source"] != NEW else None
    checks = []
    if group is not None:
        title = f"The instances of {group.name} must register in {cluster.name}"
        detail = f"Their launch template writes ECS_CLUSTER={cluster.name} to /etc/ecs/ecs.config."
        checks.append(Check(Level.WARN, title, detail, "Look at the user data of its launch template."))
    elif data["percentage"] < 100:
        title = "AWS can take Spot instances back at any time"
        checks.append(Check(Level.WARN, title, "Their tasks get two minutes to stop. Managed draining moves them."))
    return tuple(checks)

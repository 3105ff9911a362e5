from collections.abc import Mapping
from typing import Any

from clusters.forms.configuration import configuration_initial, configuration_lines, configuration_of
from clusters.forms.settings import EditClusterForm
from clusters.forms.tags import group_data
from clusters.models import Cluster
from clusters.planning.base import ClusterAction
from clusters.runtime.clusters import strategy_lines
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import (
    ANY,
    Change,
    Danger,
    Effect,
    Observation,
    Plan,
    PlanError,
    Step,
    Undo,
    changes_between,
)

#: Members of the description that UpdateCluster changes beside the settings.
CONFIGURED = ("configuration", "serviceConnectDefaults")


@register
class EditCluster(ClusterAction):
    name = "edit_cluster"
    label = "Edit cluster"
    danger = Danger.CHANGES
    path = "clusters/<str:cluster>/edit/"
    icon = "edit"
    form_class = EditClusterForm
    template = "clusters/edit_cluster.html"
    watches = ("clusters", "capacity_providers")
    calls = ("ecs.update_cluster", "ecs.update_cluster_settings", "ecs.put_cluster_capacity_providers")

    def initial(self, context: ActionContext) -> dict[str, Any]:
        cluster: Cluster = context.resource
        return {
            "container_insights": cluster.container_insights or "disabled",
            "capacity_providers": cluster.capacity_providers,
            "strategy": _rows(cluster.description.get("defaultCapacityProviderStrategy", [])),
            **configuration_initial(cluster.description),
        }

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        cluster: Cluster = context.resource
        before, after = _state(cluster), _wanted(data)
        present = {name: cluster.description.get(name) for name in CONFIGURED}
        changes = (*changes_between(before, after), *_configured(cluster, data))
        if not changes:
            raise PlanError("The form has no changes. Change a setting, or cancel.")
        changed = {change.path for change in changes}
        return Plan(
            summary=f"Edit the cluster {cluster.name}",
            resource_key=cluster.arn,
            resource_name=cluster.name,
            steps=_steps(cluster, data, changed),
            changes=changes,
            observes=(
                Observation(
                    "cluster_state", {"cluster": cluster.name}, before, f"Cluster {cluster.name}", _effects(after)
                ),
                Observation(
                    "cluster_settings",
                    {"cluster": cluster.name, "names": list(CONFIGURED)},
                    present,
                    f"Cluster {cluster.name}",
                    (Effect("configuration", dict.fromkeys(CONFIGURED, ANY)),),
                ),
            ),
            undo=Undo("edit_cluster", "restore the previous settings", cluster.url_kwargs(), _undo(cluster)),
            touches=("clusters",),
        )


def _steps(cluster: Cluster, data: Mapping[str, Any], changed: set[str]) -> tuple[Step, ...]:
    steps = []
    if "Container Insights" in changed:
        settings = [{"name": "containerInsights", "value": data["container_insights"]}]
        params: dict[str, Any] = {"cluster": cluster.name, "settings": settings}
        steps.append(Step("settings", "Change Container Insights", "ecs.update_cluster_settings", params))
    if step := _configuration_step(cluster, data):
        steps.append(step)
    if changed & {"capacity providers", "default strategy"}:
        params = {
            "cluster": cluster.name,
            "capacityProviders": data["capacity_providers"],
            "defaultCapacityProviderStrategy": _items(data["strategy"]),
        }
        steps.append(
            Step(
                "capacity",
                "Set the capacity providers and the default strategy",
                "ecs.put_cluster_capacity_providers",
                params,
                retry_on=("UpdateInProgressException",),
                until="cluster_attached",
                until_params={"cluster": cluster.name},
                timeout=300,
            )
        )
    return tuple(steps)


def _configured(cluster: Cluster, data: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the changes of the default namespace and of the configuration."""
    present = cluster.description.get("configuration") or {}
    before, after = configuration_lines(present), configuration_lines(configuration_of(data, present))
    namespace = configuration_initial(cluster.description)["namespace"]
    return changes_between(
        {"Default namespace": namespace, **before}, {"Default namespace": data["namespace"], **after}
    )


def _configuration_step(cluster: Cluster, data: Mapping[str, Any]) -> Step | None:
    """Return the call that sets what changed. An empty namespace removes the default."""
    changed = {change.path for change in _configured(cluster, data)}
    params: dict[str, Any] = {"cluster": cluster.name}
    if changed - {"Default namespace"}:
        params["configuration"] = configuration_of(data, cluster.description.get("configuration") or {})
    if "Default namespace" in changed:
        params["serviceConnectDefaults"] = {"namespace": data["namespace"]}
    title = f"Change {', '.join(sorted(changed))}"
    return Step("configuration", title, "ecs.update_cluster", params) if changed else None


def _effects(after: dict[str, Any]) -> tuple[Effect, ...]:
    """Return what the steps `settings` and `capacity` bring about."""
    capacity = {name: value for name, value in after.items() if name != "Container Insights"}
    return Effect("settings", {"Container Insights": after["Container Insights"]}), Effect("capacity", capacity)


def _state(cluster: Cluster) -> dict[str, Any]:
    """Return the settings in the form of the reader `cluster_state`."""
    return {
        "Container Insights": cluster.container_insights or "disabled",
        "capacity providers": cluster.capacity_providers,
        "default strategy": strategy_lines(cluster.description.get("defaultCapacityProviderStrategy", [])),
    }


def _wanted(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Container Insights": data["container_insights"],
        "capacity providers": data["capacity_providers"],
        "default strategy": strategy_lines(_items(data["strategy"])),
    }


def _undo(cluster: Cluster) -> dict[str, Any]:
    rows = _rows(cluster.description.get("defaultCapacityProviderStrategy", []))
    return {
        "container_insights": cluster.container_insights or "disabled",
        "capacity_providers": cluster.capacity_providers,
        **group_data("strategy", rows),
        **configuration_initial(cluster.description),
    }


def _items(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of the form as the items of an ECS strategy."""
    return [{"capacityProvider": row["provider"], "base": row["base"], "weight": row["weight"]} for row in rows]


def _rows(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"provider": item["capacityProvider"], "base": item.get("base", 0), "weight": item.get("weight", 0)}
        for item in items
    ]

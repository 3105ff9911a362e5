from collections.abc import Sequence
from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import Progress, condition, reader
from ecsdash.web.formatting import counted


@condition
def cluster_active(aws: Aws, cluster: str) -> Progress:
    described = _describe(aws, cluster)
    status = described["status"] if described else "not visible in ECS yet"
    if status == "FAILED":
        return Progress(failed=f"The cluster {cluster} could not be created: its status is FAILED.")
    return Progress(int(status == "ACTIVE"), 1, f"Cluster status: {status}", finished=status == "ACTIVE")


@condition
def cluster_attached(aws: Aws, cluster: str) -> Progress:
    """ECS has finished the last change of the cluster's capacity providers."""
    described = _describe(aws, cluster, "ATTACHMENTS") or {}
    attachments, status = described.get("attachments", []), described.get("attachmentsStatus", "")
    if status == "UPDATE_FAILED":
        return Progress(failed=f"AWS could not attach the capacity providers to {cluster}: UPDATE_FAILED.")
    ready = sum(each.get("status") == "CREATED" for each in attachments)
    finished = status in ("", "UPDATE_COMPLETE")
    return Progress(ready, max(1, len(attachments)), "Attaching capacity providers", finished=finished)


@condition
def cluster_empty(aws: Aws, cluster: str, services: int, tasks: int) -> Progress:
    """The cluster has no services and no tasks. `services` and `tasks` are the numbers at the time of the plan."""
    described = _describe(aws, cluster, "STATISTICS")
    if described is None:
        return Progress(services + tasks, services + tasks, "The cluster is deleted", finished=True)
    counts = {each["name"]: int(each["value"]) for each in described.get("statistics", [])}
    draining = sum(value for name, value in counts.items() if name.startswith("draining"))
    open_services = described["activeServicesCount"] + draining
    open_tasks = described["runningTasksCount"] + described["pendingTasksCount"]
    total = max(services + tasks, open_services + open_tasks)
    return Progress(
        total - open_services - open_tasks,
        total,
        f"{counted(open_services, 'service')} and {counted(open_tasks, 'task')} remaining",
        finished=not open_services and not open_tasks,
    )


@condition
def cluster_inactive(aws: Aws, cluster: str) -> Progress:
    described = _describe(aws, cluster)
    status = described["status"] if described else "INACTIVE"
    return Progress(int(described is None), 1, f"Cluster status: {status}", finished=described is None)


@reader
def cluster_state(aws: Aws, cluster: str) -> dict[str, Any] | None:
    """Return what actions on clusters change: settings, capacity providers, strategy, tags."""
    described = _describe(aws, cluster, "SETTINGS", "TAGS")
    if described is None:
        return None
    settings = {each["name"]: each["value"] for each in described.get("settings", [])}
    return {
        "Container Insights": settings.get("containerInsights", "disabled"),
        "capacity providers": described.get("capacityProviders", []),
        "default strategy": strategy_lines(described.get("defaultCapacityProviderStrategy", [])),
        "tags": tag_dict(described.get("tags")),
    }


@reader
def cluster_settings(aws: Aws, cluster: str, names: Sequence[str]) -> dict[str, Any] | None:
    """Return members of the cluster's description; None if it does not exist."""
    described = _describe(aws, cluster, "SETTINGS", "CONFIGURATIONS")
    return described and {name: described.get(name) for name in names}


def strategy_lines(items: list[dict[str, Any]]) -> list[str]:
    """Return one line of text for each item of a capacity provider strategy."""
    return [f"{item['capacityProvider']} base {item.get('base', 0)} weight {item.get('weight', 0)}" for item in items]


def _describe(aws: Aws, cluster: str, *include: str) -> dict[str, Any] | None:
    """Return the cluster, None when it does not exist (any more)."""
    clusters = aws.call("ecs.describe_clusters", clusters=[cluster], include=list(include)).data.get("clusters", [])
    return clusters[0] if clusters and clusters[0]["status"] != "INACTIVE" else None

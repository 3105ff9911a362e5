from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import Progress, condition, reader


@condition
def cluster_active(aws: Aws, cluster: str) -> Progress:
    found = _describe(aws, cluster)
    status = found["status"] if found else "not there yet"
    if status == "FAILED":
        return Progress(failed=f"The cluster {cluster} could not be created: its status is FAILED.")
    return Progress(int(status == "ACTIVE"), 1, f"The cluster is {status}", finished=status == "ACTIVE")


@condition
def cluster_attached(aws: Aws, cluster: str) -> Progress:
    """The cluster's capacity providers are as they were last put."""
    found = _describe(aws, cluster, "ATTACHMENTS") or {}
    attachments, status = found.get("attachments", []), found.get("attachmentsStatus", "")
    if status == "UPDATE_FAILED":
        return Progress(failed=f"AWS could not attach the capacity providers to {cluster}: UPDATE_FAILED.")
    ready = sum(each.get("status") == "CREATED" for each in attachments)
    finished = status in ("", "UPDATE_COMPLETE")
    return Progress(ready, max(1, len(attachments)), "Attaching capacity providers", finished=finished)


@condition
def cluster_empty(aws: Aws, cluster: str, services: int, tasks: int) -> Progress:
    """No service and no task is left; `services` and `tasks` are how many there were."""
    found = _describe(aws, cluster, "STATISTICS")
    if found is None:
        return Progress(services + tasks, services + tasks, "The cluster is gone", finished=True)
    counts = {each["name"]: int(each["value"]) for each in found.get("statistics", [])}
    draining = sum(value for name, value in counts.items() if name.startswith("draining"))
    open_services = found["activeServicesCount"] + draining
    open_tasks = found["runningTasksCount"] + found["pendingTasksCount"]
    total = max(services + tasks, open_services + open_tasks)
    return Progress(
        total - open_services - open_tasks,
        total,
        f"{open_services} services and {open_tasks} tasks are left",
        finished=not open_services and not open_tasks,
    )


@condition
def cluster_inactive(aws: Aws, cluster: str) -> Progress:
    found = _describe(aws, cluster)
    return Progress(int(found is None), 1, f"The cluster is {found['status'] if found else 'gone'}", finished=not found)


@reader
def cluster_state(aws: Aws, cluster: str) -> dict[str, Any] | None:
    """What the actions on clusters change: settings, capacity providers, strategy, tags."""
    found = _describe(aws, cluster, "SETTINGS", "TAGS")
    if found is None:
        return None
    settings = {each["name"]: each["value"] for each in found.get("settings", [])}
    return {
        "Container Insights": settings.get("containerInsights", "disabled"),
        "capacity providers": found.get("capacityProviders", []),
        "default strategy": strategy_words(found.get("defaultCapacityProviderStrategy", [])),
        "tags": tag_dict(found.get("tags")),
    }


def strategy_words(items: list[dict[str, Any]]) -> list[str]:
    """A capacity provider strategy as lines that people read and compare."""
    return [f"{item['capacityProvider']} base {item.get('base', 0)} weight {item.get('weight', 0)}" for item in items]


def _describe(aws: Aws, cluster: str, *include: str) -> dict[str, Any] | None:
    """The cluster; None when it does not exist (any more)."""
    found = aws.call("ecs.describe_clusters", clusters=[cluster], include=list(include)).data.get("clusters", [])
    return found[0] if found and found[0]["status"] != "INACTIVE" else None

"""Changes that take a moment: capacity providers joining a cluster, being updated or deleted; deleted definitions."""

from ...ports import Scope
from ..world import World


def attached(world: World, account: str, region: str, cluster_name: str) -> None:
    cluster = world.cluster(Scope(account, region), cluster_name)
    if cluster.attachments_status == "UPDATE_IN_PROGRESS":
        cluster.attachments_status = "UPDATE_COMPLETE"


def provider_changed(world: World, account: str, region: str, name: str) -> None:
    provider = world.provider(Scope(account, region), name)
    if provider and provider.update_status == "DELETE_IN_PROGRESS":
        provider.status, provider.update_status = "INACTIVE", "DELETE_COMPLETE"
    elif provider and provider.update_status == "UPDATE_IN_PROGRESS":
        provider.update_status = "UPDATE_COMPLETE"


def definition_deleted(world: World, account: str, region: str, name: str) -> None:
    """A deleted revision stays until no service or task refers to it."""
    scope = Scope(account, region)
    state = world.region(scope)
    definition = state.task_definitions.get(name)
    if definition is None:
        return
    used = any(
        any(task.definition_arn == definition.arn for task in cluster.tasks.values())
        or any(
            service.status != "INACTIVE"
            and any(r.task_definition == definition.arn for r in service.revisions.values())
            for service in cluster.services.values()
        )
        for cluster in state.clusters.values()
    )
    if used:
        world.agenda.add(world.now + 3600, "definition", account, region, name)
    else:
        del state.task_definitions[name]

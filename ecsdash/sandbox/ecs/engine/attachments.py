"""Delayed changes: attachment, update and deletion of capacity providers; deletion of task definitions."""

from ecsdash.sandbox.ecs.engine import managed_instances
from ecsdash.sandbox.ecs.models import Cluster
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope


def attached(state: EcsState, account: str, region: str, cluster_name: str) -> None:
    cluster = state.cluster(Scope(account, region), cluster_name)
    if cluster.attachments_status == "UPDATE_IN_PROGRESS":
        cluster.attachments_status = "UPDATE_COMPLETE"


def provider_changed(state: EcsState, account: str, region: str, name: str) -> None:
    scope = Scope(account, region)
    provider = state.provider(scope, name)
    if provider and provider.update_status == "DELETE_IN_PROGRESS":
        if provider.managed_instances:
            managed_instances.release_idle(state, scope, state.cluster(scope, provider.cluster), provider)
        provider.status, provider.update_status = "INACTIVE", "DELETE_COMPLETE"
    elif provider and provider.update_status.endswith("_IN_PROGRESS"):
        provider.update_status = provider.update_status.replace("_IN_PROGRESS", "_COMPLETE")


def definition_deleted(state: EcsState, account: str, region: str, name: str) -> None:
    """A deleted revision stays until no service or task refers to it."""
    scope = Scope(account, region)
    region_state = state.region(scope)
    definition = region_state.task_definitions.get(name)
    if definition is None:
        return
    if any(_uses(cluster, definition.arn) for cluster in region_state.clusters.values()):
        state.timers.add(state.now + 3600, "definition", account, region, name)
    else:
        del region_state.task_definitions[name]


def _uses(cluster: Cluster, definition_arn: str) -> bool:
    for service in cluster.services.values():
        revisions = [deployment.revision for deployment in service.deployments] + [service.last_good]
        held = [service.revisions[arn].task_definition for arn in revisions if arn]
        if service.status != "INACTIVE" and definition_arn in held:
            return True
    return any(task.definition_arn == definition_arn for task in cluster.tasks.values())

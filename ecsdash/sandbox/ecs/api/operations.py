"""The API's operations by name. One module for each noun."""

from ecsdash.sandbox.ecs.api import (
    account_settings,
    agent,
    attributes,
    capacity_providers,
    clusters,
    container_instances,
    daemons,
    express,
    gateways,
    service_changes,
    service_deployments,
    services,
    tags,
    task_definitions,
    task_launches,
    task_protection,
    task_sets,
    tasks,
)
from ecsdash.sandbox.ecs.call import Handler

OPERATIONS: dict[str, Handler] = {
    **account_settings.OPERATIONS,
    **agent.OPERATIONS,
    **attributes.OPERATIONS,
    **capacity_providers.OPERATIONS,
    **clusters.OPERATIONS,
    **container_instances.OPERATIONS,
    **daemons.OPERATIONS,
    **express.OPERATIONS,
    **gateways.OPERATIONS,
    **service_changes.OPERATIONS,
    **service_deployments.OPERATIONS,
    **services.OPERATIONS,
    **tags.OPERATIONS,
    **task_definitions.OPERATIONS,
    **task_launches.OPERATIONS,
    **task_protection.OPERATIONS,
    **task_sets.OPERATIONS,
    **tasks.OPERATIONS,
}

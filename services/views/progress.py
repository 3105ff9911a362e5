"""Context of `services/deployments/progress.html` and `stages.html`: how far a deployment has come."""

from typing import Any, Final

from ecsdash.inventory import viewers
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import Scope
from services.models import Service, ServiceDeployment
from services.selectors.deployment_progress import progress_of

#: Nouns that it names beside services, tasks and their deployments.
PROGRESS_NOUNS: Final = ("listeners", "load_balancers", "alarms")


def progress_context(user: Any, scope: Scope, service: Service, record: ServiceDeployment | None) -> dict[str, Any]:
    if record is None:
        return {}
    found = progress_of(user, scope, service, record)
    if found.alarms:
        viewers.note([(scope.account.pk, scope.region, "alarms")])
    return {"progress": found, "alarms_seen_at": freshness(scope, "alarms").seen_at}

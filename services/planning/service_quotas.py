"""Quotas of ECS and of target groups for a service: the documented defaults, because the inventory knows no others."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ecsdash.inventory.scope import Scope
from ecsdash.operations.plan import Check, Level
from services.models import Service

#: "Amazon ECS service quotas" (developer guide), and "Quotas for your Application Load Balancers".
SERVICES_PER_CLUSTER: Final = 5000
TASKS_PER_SERVICE: Final = 5000
TARGETS_PER_GROUP: Final = 1000


def service_quotas(scope: Scope, cluster: str, document: Mapping[str, Any], *, new: bool) -> Iterator[Check]:
    """Yield a warning for each default quota that the service of the document exceeds; a `new` one is one more."""
    count = document.get("desiredCount", 0)
    if count > TASKS_PER_SERVICE:
        yield _beyond(f"{count} tasks in one service", TASKS_PER_SERVICE)
    if document.get("loadBalancers") and count > TARGETS_PER_GROUP:
        yield _beyond(f"{count} targets in one target group", TARGETS_PER_GROUP)
    rows = Service.objects.in_scope(scope.account, scope.region).present().exclude(status="INACTIVE")
    if new and rows.filter(cluster_name=cluster).count() >= SERVICES_PER_CLUSTER:
        yield _beyond(f"More than {SERVICES_PER_CLUSTER} services in the cluster {cluster}", SERVICES_PER_CLUSTER)


def _beyond(what: str, quota: int) -> Check:
    detail = f"The default quota is {quota}. AWS refuses more, unless the quota of this account was raised."
    return Check(Level.WARN, what, detail, "Request a higher quota in Service Quotas first.")

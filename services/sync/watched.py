"""Services whose messages are read as soon as they appear: ECS sends no event of most of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, cast

from django.db.models import F, Q

from ecsdash.inventory import viewers
from ecsdash.inventory.scope import Scope
from ecsdash.web import clock
from services.models import Service
from services.sync import counts, deployments
from services.sync.services import refresh

#: A task that is replaced within twice the usual start, or this time, is no reason to read the messages of its service.
REPLACED: Final = timedelta(seconds=20)
LIVELY: Final = timedelta(hours=1)  # after this time without a change messages become rare
MOST: Final = 200


def watched(scope: Scope, *, slow: bool) -> list[str]:
    """Return the ARNs of services that deploy, lack tasks, or are shown on an open page; `slow`: also of those that
    have done so for long."""
    now, shown = clock.now(), set(viewers.viewed_resources(scope.account.pk, scope.region))
    moving = Q(rollout_state="IN_PROGRESS") | Q(deployments_count__gt=1) | Q(running_count__lt=F("desired_count"))
    recent = Q() if slow else Q(deployed_at__gte=now - LIVELY) | Q(last_event_at__gte=now - LIVELY)
    rows = Service.objects.in_scope(scope.account, scope.region).present().filter(status__in=("ACTIVE", "DRAINING"))
    found = rows.filter((moving & recent) | Q(arn__in=shown)).order_by("observed_at").defer("description", "tags")
    services = cast(Iterable[Service], found[:MOST])
    return [service.arn for service in services if service.arn in shown or _worth_reading(service, now)]


def describe(scope: Scope, arns: Sequence[str]) -> None:
    """Describe these services, and their deployments if these have changed."""
    began = clock.now()
    refresh(scope, arns)
    counts.recount_changed(scope, arns, began)
    deployments.refresh_changed(scope, arns)


def _worth_reading(service: Service, now: datetime) -> bool:
    """Return whether ECS may have more to say than that it replaces a task, which the events of tasks show."""
    if service.deploying or service.blocking_event or service.lacking_since is None:
        return True
    usual = timedelta(seconds=2 * (service.usual_start or 0))
    return now - service.lacking_since > max(REPLACED, usual)

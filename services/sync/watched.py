"""Services whose messages are read as soon as they appear: ECS sends no event of most of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db.models import F, Q

from ecsdash.inventory import viewers
from ecsdash.inventory.scope import Scope
from ecsdash.web import clock
from services.models import Service
from services.sync import counts, deployments
from services.sync.services import refresh

REPLACED: Final = timedelta(seconds=5)  # a task that ends is replaced in this time; its events come with those of tasks
LIVELY: Final = timedelta(hours=1)  # after this time without a change messages become rare
MOST: Final = 200


def watched(scope: Scope, *, slow: bool) -> list[str]:
    """Return the ARNs of services that deploy, lack tasks, or are shown on an open page; `slow`: also of those that
    have done so for long."""
    now = clock.now()
    deploys = Q(rollout_state="IN_PROGRESS") | Q(deployments_count__gt=1)
    lacks = Q(running_count__lt=F("desired_count"), lacking_since__lte=now - REPLACED)
    recent = Q() if slow else Q(deployed_at__gte=now - LIVELY) | Q(last_event_at__gte=now - LIVELY)
    shown = Q(arn__in=viewers.viewed_resources(scope.account.pk, scope.region))
    rows = Service.objects.in_scope(scope.account, scope.region).present().filter(status__in=("ACTIVE", "DRAINING"))
    found = rows.filter(((deploys | lacks) & recent) | shown).order_by("observed_at")
    return list(found.values_list("arn", flat=True)[:MOST])


def describe(scope: Scope, arns: Sequence[str]) -> None:
    """Describe these services, and their deployments if these have changed."""
    began = clock.now()
    refresh(scope, arns)
    counts.recount_changed(scope, arns, began)
    deployments.refresh_changed(scope, arns)

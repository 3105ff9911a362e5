"""Tab "Auto scaling" of a service."""

from typing import Any, Final

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.inventory import changes
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.operations.models import Operation
from ecsdash.web import clock
from ecsdash.web.polling import fragments
from services import jobs
from services.forms.metric_time import RANGES
from services.forms.scaling_policy import is_editable
from services.models import Service
from services.selectors import scaling, services
from services.selectors.metric_series import Wanted, Window
from services.selectors.scaling_chart import scaling_chart, words
from services.sync.metric_sources import Subject
from services.views.services import running_on, service_context

NOUNS: Final = ("services", "scalable_targets", "scaling_policies", "scheduled_actions", "scaling_activities")
SHOWN: Final = 100  # activities
HOLD: Final = "hold_desired_tasks"


@require_safe
@scoped(*NOUNS)
def service_scaling(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponse:
    found = services.service_or_404(request.user, scope, cluster, service)
    wanted = Wanted(scope, Subject(cluster, service), Window.last(RANGES["3h"], timezone.now()))
    row = wanted.stored()
    if found.gone_at is None and wanted.is_old(row, timezone.now()):
        jobs.request_metrics(wanted)

    def context() -> dict[str, Any]:
        now = clock.now()
        policies = list(scaling.policies_of(found))
        activities = list(scaling.activities_of(found)[:SHOWN])
        return {
            **service_context(found, "scaling", ("Auto scaling", "")),
            "freshness": freshness(scope, *NOUNS[1:]),
            "target": scaling.target_of(found),
            "suspended": _suspended(found),
            "policies": [(scaling.shown_policy(each), is_editable(each)) for each in policies],
            "scheduled": [scaling.shown_scheduled_action(each, now) for each in scaling.scheduled_actions_of(found)],
            "activities": [(each, words(each)) for each in activities],
            "chart": scaling_chart(found, row, policies, activities, now),
            "holds": holds_of(running_on(request.user, found)),
            "may_deploy": policy.can(request.user, Permission.DEPLOY, found.access_target()),
            "may_operate": policy.can(request.user, Permission.OPERATE, found.access_target()),
        }

    version = changes.version_of(scope, *NOUNS, "metrics", "operations")
    fragment = fragments.Fragment("scaling", version=version, every=5, final=found.gone_at is not None, calls_view=True)
    return fragments.render(request, "services/scaling/scaling.html", context, fragment)


def holds_of(operations: list[Operation]) -> list[Operation]:
    return [each for each in operations if each.action == HOLD]


def _suspended(service: Service) -> list[str]:
    target = scaling.target_of(service)
    state = target.suspended if target else {}
    return [words for name, words in scaling.SUSPENSIONS.items() if state.get(name)]

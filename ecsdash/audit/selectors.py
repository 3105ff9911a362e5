from django.db.models import QuerySet

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import Visitor, Where
from ecsdash.audit.models import COUNTER, AuditEvent
from ecsdash.web.polling.counters import Version


def newest() -> int:
    """The number of the last event, which is also their count."""
    return AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def version() -> Version:
    """Changes with every event: none is changed or removed."""
    return Version.of({COUNTER: newest()})


def visible_events(user: Visitor, permission: Permission = Permission.VIEW) -> QuerySet[AuditEvent]:
    """Events at places where the user has the permission. Those without an AWS account (people, teams, grants,
    sign-ins) are for administrators."""
    events = AuditEvent.objects.select_related("actor")
    if policy.can(user, Permission.ADMIN, Where()):
        return events
    return policy.visible(
        events.exclude(account=""),
        user,
        permission,
        account="account",
        region="region",
        cluster="cluster",
        service="service",
    )

from django.db.models import QuerySet

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import Visitor
from ecsdash.access.targets import AccessTarget
from ecsdash.audit.models import COUNTER, AuditEvent
from ecsdash.web.polling.counters import Version


def newest() -> int:
    """Return the number of the last event, which equals the number of events."""
    return AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def version() -> Version:
    """Return the version of a page that shows audit events: it changes with every new event."""
    return Version.of({COUNTER: newest()})


def visible_events(user: Visitor, permission: Permission = Permission.VIEW) -> QuerySet[AuditEvent]:
    """Return the events of targets on which the user has the permission.

    Events without an AWS account (users, teams, grants, sign-ins) are visible to administrators only.
    """
    events = AuditEvent.objects.select_related("actor")
    if policy.can(user, Permission.ADMIN, AccessTarget()):
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

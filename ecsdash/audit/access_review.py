"""Settings > Access review: who has which role, since when, who gave it, and when it was last used."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ecsdash.access import policy
from ecsdash.access.decorators import require
from ecsdash.access.delegation import grants_of
from ecsdash.access.grant_texts import capabilities_of, passed_roles_of
from ecsdash.access.models import Grant, User
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.second_factors import has_second_factor
from ecsdash.access.views.crumbs import below_settings
from ecsdash.audit.models import AuditEvent, Phase
from ecsdash.web.tables import csv_export

USERS_ON_A_PAGE: Final = 20
HEADINGS: Final = (
    "User", "Status", "Last sign-in", "Second factor", "Role", "Scope", "Through", "Since", "Given by", "Ends",
    "Last used", "Capabilities", "Roles that may be passed", "Note",
)  # fmt: skip
COLUMNS: Final[policy.Columns] = {level: level for level in policy.LEVELS}  # of an event
#: Phases of events that are the use of a permission.
USES: Final = (Phase.INTENT, Phase.CHANGE)
NO_USE: Final = Q(code__startswith="user.sign_") | Q(code__startswith="refusal.")


@dataclass(frozen=True)
class HeldGrant:
    """A grant that a user has, directly or by a team. `last_used`: the user's last change in its scope."""

    user: User
    grant: Grant
    since: datetime
    last_used: datetime | None

    @property
    def through(self) -> str:
        return f"team {self.grant.team}" if self.grant.team else "directly"

    @property
    def given_by(self) -> str:
        return str(self.grant.created_by or "command line")

    def cells(self) -> list[Any]:
        grant, user = self.grant, self.user
        return [
            user.username, "active" if user.is_active else "deactivated", user.last_login,
            "yes" if has_second_factor(user) else "no", grant.role, grant.scope, self.through, self.since,
            self.given_by, grant.expires_at, self.last_used, ", ".join(capabilities_of(grant)),
            ", ".join(passed_roles_of(grant)), grant.note,
        ]  # fmt: skip


@require(Permission.ADMIN)
@require_safe
def access_review(request: UserRequest) -> HttpResponseBase:
    """The users with their grants, by name. `after` is the last username of the page before; `format=csv` exports."""
    query, after = request.GET.get("q", "")[:150], request.GET.get("after", "")[:150]
    users = _users(query)
    if request.GET.get("format") == "csv":
        csv_export.exported.send(sender=__name__, request=request, name="access-review")
        return csv_export.response("access-review.csv", _rows(users.iterator(chunk_size=100)))
    page = list(users.filter(username__gt=after)[: USERS_ON_A_PAGE + 1])
    context = {
        "reviewed": [(user, has_second_factor(user), held_grants(user)) for user in page[:USERS_ON_A_PAGE]],
        "superusers": User.objects.filter(is_superuser=True, is_active=True).order_by("username"),
        "next": page[USERS_ON_A_PAGE - 1].username if len(page) > USERS_ON_A_PAGE else "",
        "q": query,
        "crumbs": below_settings(("Access review", request.path)),
    }
    return render(request, "audit/access_review.html", context)


def held_grants(user: User) -> list[HeldGrant]:
    joined = dict(user.memberships.values_list("team_id", "created_at"))
    return [_held(user, grant, joined.get(grant.team_id or 0)) for grant in grants_of(user)]


def _held(user: User, grant: Grant, joined: datetime | None) -> HeldGrant:
    since = max(filter(None, (grant.created_at, joined)))
    return HeldGrant(user, grant, since, _last_used(user, grant))


def _last_used(user: User, grant: Grant) -> datetime | None:
    events = AuditEvent.objects.filter(actor=user, phase__in=USES).exclude(NO_USE)
    used = policy.within(events, policy.scope_of(grant), COLUMNS)
    return used.order_by("-seq").values_list("at", flat=True).first()


def _users(query: str) -> QuerySet[User]:
    """Return the users who have a grant, the sought ones if there is a query."""
    users = User.objects.filter(Q(grants__isnull=False) | Q(memberships__team__grants__isnull=False))
    if query:
        users = users.filter(Q(username__icontains=query) | Q(memberships__team__name__icontains=query))
    return users.distinct().order_by("username")


def _rows(users: Iterable[User]) -> Iterator[list[Any]]:
    yield list(HEADINGS)
    for user in users:
        yield from (held.cells() for held in held_grants(user))

"""Who may grant what: nobody gives more than they hold themselves, nor for longer.

Administrators grant everywhere. A team's manager grants to the team, where the team has a grant already.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from ecsdash.access.models import Grant, Membership, Team, User
from ecsdash.access.patterns import covers
from ecsdash.access.permissions import PERMISSIONS, Permission
from ecsdash.access.policy import EVERYWHERE, LEVELS, GrantScope, can, effective_grants, scope_of
from ecsdash.access.targets import AccessTarget

BEYOND: Final = (
    "You can grant only what you hold yourself. This role, its scope, its capabilities or the roles that may be "
    "passed go beyond your own grants."
)
TOO_LONG: Final = "Your own permission for this ends on {until:%Y-%m-%d %H:%M} UTC. Choose an expiry before that."
OTHER_PLACE: Final = "Team {team} has no grant for this scope. Ask an administrator to add one."
NOT_HELD: Final = "You cannot add members to team {team}: its grants go beyond your own."


@dataclass(frozen=True)
class Held:
    scope: GrantScope
    until: datetime | None = None


def manages(user: User, team: Team) -> bool:
    return is_administrator(user) or Membership.objects.filter(user=user, team=team, is_manager=True).exists()


def managed_teams(user: User) -> QuerySet[Team]:
    """Return the teams that the user manages as a member."""
    return Team.objects.filter(memberships__user=user, memberships__is_manager=True)


def is_administrator(user: User) -> bool:
    return can(user, Permission.ADMIN, AccessTarget())


def objection(giver: User, grant: Grant) -> str:
    """Return why the giver may not add this grant; empty when they may."""
    if not is_administrator(giver) and (grant.team is None or not _within_team(giver, grant.team, grant)):
        return OTHER_PLACE.format(team=grant.team or "")
    return _excess(held_by(giver), grant)


def membership_objection(giver: User, team: Team) -> str:
    """Return why the giver may not make somebody a member of this team; empty when they may."""
    held = held_by(giver)
    beyond = any(_excess(held, grant) for grant in team.grants.in_force().select_related("account"))
    return NOT_HELD.format(team=team) if beyond else ""


def held_by(user: User) -> list[Held]:
    """Return the grants of the user, each with its end."""
    if user.is_superuser:
        return [Held(EVERYWHERE)]
    return [Held(scope_of(grant), grant.expires_at) for grant in grants_of(user)]


def grants_of(user: User) -> QuerySet[Grant]:
    """Return the grants in force of the user and of their teams."""
    held = Grant.objects.in_force().filter(Q(user=user) | Q(team__memberships__user=user))
    return held.select_related("account", "team", "user", "created_by").distinct()


def shown_grants(user: User) -> list[Grant] | list[GrantScope]:
    """Return the grants as pages list them; a superuser and a deactivated user have none in the database."""
    if user.is_superuser or not user.is_active:
        return list(effective_grants(user))
    return list(grants_of(user))


def contains(outer: GrantScope, inner: GrantScope) -> bool:
    """Return whether the outer grant allows everything that the inner one allows."""
    return (
        PERMISSIONS[inner.role] <= PERMISSIONS[outer.role]
        and _covers_place(outer, inner)
        and set(inner.capabilities) <= set(outer.capabilities)
        and all(any(covers(own, role) for own in outer.pass_roles) for role in inner.pass_roles)
    )


def _excess(held: list[Held], grant: Grant) -> str:
    """Return what of the grant goes beyond those held; empty when nothing does."""
    wanted = scope_of(grant)
    containing = [each for each in held if contains(each.scope, wanted)]
    if not containing:
        return BEYOND
    if any(_lasts(each, grant.expires_at) for each in containing):
        return ""
    return TOO_LONG.format(until=max(each.until for each in containing if each.until))


def _lasts(held: Held, until: datetime | None) -> bool:
    return held.until is None or (until is not None and until <= held.until)


def _within_team(giver: User, team: Team, grant: Grant) -> bool:
    wanted = scope_of(grant)
    own = team.grants.in_force().select_related("account")
    return manages(giver, team) and any(_covers_place(scope_of(each), wanted) for each in own)


def _covers_place(outer: GrantScope, inner: GrantScope) -> bool:
    return all(covers(getattr(outer, level), getattr(inner, level)) for level in LEVELS)

"""Changes of users, teams and grants.

Each change sends a signal in its own transaction; the audit trail records it. Without an audit event the change is
rolled back."""

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from django.db import transaction
from django.db.models import Model, Q
from django.http import HttpRequest

from ecsdash.access import delegation
from ecsdash.access.client import client_ip
from ecsdash.access.grant_texts import described
from ecsdash.access.models import Grant, Membership, Team, User
from ecsdash.access.permissions import Role
from ecsdash.access.signals import access_changed

Change = dict[str, Any]


class Refused(Exception):
    """A change was refused; the message says why."""


@dataclass(frozen=True)
class By:
    """The user who makes a change, and the IP address of the request."""

    user: User | None
    ip: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "By":
        return cls(request.user if isinstance(request.user, User) else None, client_ip(request))

    def announce(self, action: str, subject: Model, *changes: Change, reason: str = "") -> None:
        """Send the signal access_changed. Errors of its receivers propagate and roll the transaction back."""
        self.announce_about(action, subject._meta.model, str(subject), *changes, reason=reason)

    def announce_about(self, action: str, kind: type[Model], name: str, *changes: Change, reason: str = "") -> None:
        """Send the signal about several rows of a model, which `name` describes."""
        access_changed.send(
            sender=kind,
            actor=self.user,
            source_ip=self.ip,
            action=action,
            resource_type=str(kind._meta.verbose_name).replace(" ", "_"),
            resource_name=name,
            changes=list(changes),
            reason=reason,
        )


def change(path: str, before: Any, after: Any) -> Change:
    return {"path": path, "before": before, "after": after}


@transaction.atomic
def create_team(by: By, name: str) -> Team:
    team = Team.objects.create(name=name)
    by.announce("create_team", team, change("name", None, name))
    return team


@transaction.atomic
def delete_team(by: By, team: Team) -> None:
    members = sorted(team.members.values_list("username", flat=True))
    grants = [described(grant, grant.scope) for grant in team.grants.all()]
    rules = [str(rule) for rule in team.owns.select_related("team")]
    groups = [str(mapping) for mapping in team.groups.select_related("team")]
    _keep_an_administrator(without=Q(team=team))
    by.announce(
        "delete_team",
        team,
        change("members", members, []),
        change("grants", grants, []),
        change("ownership rules", rules, []),
        change("groups", groups, []),
    )
    team.delete()


@transaction.atomic
def add_member(by: By, team: Team, user: User) -> None:
    """Raise Refused when the team's grants go beyond those of the user who adds the member."""
    if by.user and (objection := delegation.membership_objection(by.user, team)):
        raise Refused(objection)
    _, added = Membership.objects.get_or_create(team=team, user=user)
    if added:
        by.announce("add_member", team, change("members", None, user.get_username()))


@transaction.atomic
def remove_member(by: By, membership: Membership) -> None:
    _keep_an_administrator(without=Q(team=membership.team, team__memberships__user=membership.user))
    by.announce("remove_member", membership.team, change("members", membership.user.get_username(), None))
    membership.delete()


@transaction.atomic
def set_manager(by: By, membership: Membership, manager: bool) -> None:
    """Make a member a manager of the team, or end that."""
    membership.is_manager = manager
    membership.save(update_fields=["is_manager"])
    name = membership.user.get_username()
    before, after = (None, name) if manager else (name, None)
    by.announce("set_manager", membership.team, change("managers", before, after))


@transaction.atomic
def add_grant(by: By, grant: Grant) -> Grant:
    """Raise Refused when the grant goes beyond what its giver holds."""
    if by.user and (objection := delegation.objection(by.user, grant)):
        raise Refused(objection)
    grant.created_by = by.user
    grant.save()
    by.announce("add_grant", _holder(grant), change("grants", None, described(grant, grant.scope)))
    return grant


@transaction.atomic
def revoke_grant(by: By, grant: Grant) -> None:
    _keep_an_administrator(without=Q(pk=grant.pk))
    by.announce("revoke_grant", _holder(grant), change("grants", described(grant, grant.scope), None))
    grant.delete()


@transaction.atomic
def create_user(by: By, username: str, name: str = "") -> tuple[User, str]:
    """Return the new user and its generated password, which is stored as a hash only."""
    password = token_urlsafe(12)
    first, _, last = name.partition(" ")
    user = User.objects.create_user(
        username, password=password, first_name=first, last_name=last, must_change_password=True
    )
    by.announce("create_user", user, change("username", None, username))
    return user, password


@transaction.atomic
def reset_password(by: By, user: User) -> str:
    password = token_urlsafe(12)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    by.announce("reset_password", user)
    return password


@transaction.atomic
def set_active(by: By, user: User, active: bool) -> None:
    if not active and user == by.user:
        raise Refused("You cannot deactivate your own user. Ask another administrator to do it.")
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        _keep_an_administrator()
    action = "activate_user" if active else "deactivate_user"
    by.announce(action, user, change("is_active", not active, active))


def _holder(grant: Grant) -> Team | User:
    holder = grant.team or grant.user
    if holder is None:
        raise ValueError("a grant has a team or a user")
    return holder


def _keep_an_administrator(without: Q | None = None) -> None:
    """Raise Refused if no active user would have the admin role on everything."""
    if User.objects.filter(is_active=True, is_superuser=True).exists():
        return
    held = Grant.objects.filter(role=Role.ADMIN, expires_at=None, account=None, region="*", cluster="*", service="*")
    held = held.exclude(without) if without else held
    if not held.filter(Q(user__is_active=True) | Q(team__members__is_active=True)).exists():
        raise Refused(
            "This change would leave no administrator. First grant the admin role on everything to another user."
        )

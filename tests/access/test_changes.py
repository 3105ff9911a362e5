"""Changes of users, teams and grants are audited or rolled back."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ecsdash.access import changes, policy
from ecsdash.access.changes import By, Refused
from ecsdash.access.models import Grant, Membership, Team, User
from ecsdash.access.permissions import Permission, Role
from ecsdash.access.policy import AccessTarget
from ecsdash.access.signals import access_changed
from ecsdash.audit.models import AuditEvent
from tests.cast import ACCOUNT, Cast

Act = Callable[[By, Cast], Any]

ACTS: dict[str, Act] = {
    "create_team": lambda by, cast: changes.create_team(by, "bank"),
    "delete_team": lambda by, cast: changes.delete_team(by, Team.objects.get(name="shop")),
    "add_member": lambda by, cast: changes.add_member(by, Team.objects.get(name="shop"), cast.viewer),
    "remove_member": lambda by, cast: changes.remove_member(by, Membership.objects.get(user=cast.deployer)),
    "add_grant": lambda by, cast: changes.add_grant(by, Grant(user=cast.outsider, role=Role.OPERATOR)),
    "revoke_grant": lambda by, cast: changes.revoke_grant(by, cast.viewer.grants.get()),
    "create_user": lambda by, cast: changes.create_user(by, "newcomer"),
    "reset_password": lambda by, cast: changes.reset_password(by, cast.viewer),
    "deactivate_user": lambda by, cast: changes.set_active(by, cast.viewer, active=False),
    "activate_user": lambda by, cast: changes.set_active(by, cast.viewer, active=True),
}


@pytest.fixture
def by(admin: User) -> By:
    return By(admin, "192.0.2.7")


@pytest.fixture
def broken_audit() -> Iterator[None]:
    def fail(**kwargs: Any) -> None:
        raise OSError("the audit trail cannot be written")

    access_changed.connect(fail)
    yield
    access_changed.disconnect(fail)


def everything() -> list[Any]:
    """Return all rows of the app access."""
    users = User.objects.order_by("pk").values_list("pk", "username", "password", "is_active")
    rows = [users, *(model.objects.order_by("pk").values_list() for model in (Team, Membership, Grant))]
    return [list(each) for each in rows]


@pytest.mark.parametrize("action", ACTS)
def test_every_change_is_audited(by: By, cast: Cast, action: str) -> None:
    ACTS[action](by, cast)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.source_ip) == (action, by.user, "192.0.2.7")
    assert event.resource_name


@pytest.mark.parametrize("action", ACTS)
def test_what_cannot_be_audited_is_not_done(by: By, cast: Cast, broken_audit: None, action: str) -> None:
    before = everything()
    with pytest.raises(OSError, match="audit trail"):
        ACTS[action](by, cast)
    assert everything() == before
    assert not AuditEvent.objects.exists()


def test_no_password_reaches_the_audit_trail(by: By, cast: Cast) -> None:
    _, password = changes.create_user(by, "newcomer")
    again = changes.reset_password(by, cast.viewer)
    texts = [f"{event.changes} {event.detail} {event.reason}" for event in AuditEvent.objects.all()]
    assert not any(secret in text for secret in (password, again) for text in texts)


def test_adding_a_member_twice_is_one_change(by: By, cast: Cast) -> None:
    team = Team.objects.get(name="shop")
    changes.add_member(by, team, cast.deployer)
    assert not AuditEvent.objects.exists()


def test_a_member_of_a_team_has_its_grants_until_removed(by: By, cast: Cast) -> None:
    own = AccessTarget(ACCOUNT, "eu-central-1", "shop", "web-front")
    changes.add_member(by, Team.objects.get(name="shop"), cast.outsider)
    policy.forget(cast.outsider)
    assert policy.can(cast.outsider, Permission.DEPLOY, own)
    changes.remove_member(by, Membership.objects.get(user=cast.outsider))
    policy.forget(cast.outsider)
    assert not policy.can(cast.outsider, Permission.DEPLOY, own)


@pytest.mark.parametrize("lock_out", ["revoke", "deactivate", "team", "member"])
def test_the_last_administrator_stays(cast: Cast, lock_out: str) -> None:
    root = By(None)
    if lock_out in ("team", "member"):
        Grant.objects.filter(user=cast.admin).update(user=None, team=changes.create_team(root, "admins"))
        changes.add_member(root, Team.objects.get(name="admins"), cast.admin)
    acts: dict[str, Callable[[], Any]] = {
        "revoke": lambda: changes.revoke_grant(root, Grant.objects.get(role=Role.ADMIN)),
        "deactivate": lambda: changes.set_active(root, cast.admin, active=False),
        "team": lambda: changes.delete_team(root, Team.objects.get(name="admins")),
        "member": lambda: changes.remove_member(root, Membership.objects.get(user=cast.admin)),
    }
    before = everything()
    with pytest.raises(Refused, match="no administrator"):
        acts[lock_out]()
    assert everything() == before


def test_with_a_second_administrator_the_first_may_go(by: By, cast: Cast) -> None:
    changes.add_grant(by, Grant(user=cast.operator, role=Role.ADMIN))
    changes.set_active(By(cast.operator), cast.admin, active=False)
    assert not User.objects.get(username="admin").is_active


def test_nobody_deactivates_themselves(by: By, cast: Cast) -> None:
    with pytest.raises(Refused, match="your own user"):
        changes.set_active(by, cast.admin, active=False)

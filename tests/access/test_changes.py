"""Changes of users, teams and grants are audited or rolled back."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ecsdash.access import break_glass, changes, groups, policy, rule_changes, sign_in_changes
from ecsdash.access.changes import By, Refused
from ecsdash.access.models import (
    Grant,
    GroupMapping,
    Membership,
    OwnershipRule,
    SignInPolicy,
    Team,
    User,
    UserSession,
)
from ecsdash.access.permissions import Permission, Role
from ecsdash.access.rule_files import compare
from ecsdash.access.rule_values import RuleValues
from ecsdash.access.signals import access_changed
from ecsdash.access.targets import AccessTarget
from ecsdash.audit.models import AuditEvent
from tests.users import ACCOUNT, Users

Act = Callable[[By, Users], Any]

MODELS = (Team, Membership, Grant, OwnershipRule, GroupMapping, SignInPolicy)
VALUES = RuleValues("*", "role", "shop-*", "", "", "shop", "")


def a_rule() -> OwnershipRule:
    return OwnershipRule.objects.get(pattern="web-*")


def a_session(users: Users) -> list[UserSession]:
    return [UserSession(session_key="k" * 32, user=users.viewer)]


def able(user: User) -> User:
    """The user, as if they may take administrator rights."""
    user.may_break_glass = True
    return user


def a_mapping() -> GroupMapping:
    return GroupMapping(group="people", team=Team.objects.get(name="shop"))


ACTS: dict[str, Act] = {
    "create_team": lambda by, users: changes.create_team(by, "bank"),
    "delete_team": lambda by, users: changes.delete_team(by, Team.objects.get(name="shop")),
    "add_member": lambda by, users: changes.add_member(by, Team.objects.get(name="shop"), users.viewer),
    "remove_member": lambda by, users: changes.remove_member(by, Membership.objects.get(user=users.deployer)),
    "add_grant": lambda by, users: changes.add_grant(by, Grant(user=users.outsider, role=Role.OPERATOR)),
    "revoke_grant": lambda by, users: changes.revoke_grant(by, users.viewer.grants.get()),
    "create_user": lambda by, users: changes.create_user(by, "newcomer"),
    "reset_password": lambda by, users: changes.reset_password(by, users.viewer),
    "deactivate_user": lambda by, users: changes.set_active(by, users.viewer, active=False),
    "add_ownership_rule": lambda by, users: rule_changes.add_rule(by, VALUES),
    "edit_ownership_rule": lambda by, users: rule_changes.edit_rule(by, a_rule(), VALUES),
    "delete_ownership_rule": lambda by, users: rule_changes.delete_rule(by, a_rule()),
    "import_ownership_rules": lambda by, users: rule_changes.import_rules(by, compare([VALUES], [], replace=False)),
    "set_manager": lambda by, users: changes.set_manager(by, Membership.objects.get(user=users.deployer), True),
    "set_sign_in_policy": lambda by, users: sign_in_changes.set_policy(by, "admin"),
    "end_sessions": lambda by, users: sign_in_changes.end_sessions(by, users.viewer, a_session(users)),
    "reset_second_factor": lambda by, users: sign_in_changes.reset_second_factor(by, users.viewer),
    "allow_provider": lambda by, users: sign_in_changes.allow_provider(by, users.viewer),
    "allow_break_glass": lambda by, users: sign_in_changes.allow_break_glass(by, users.viewer, True),
    "take_break_glass": lambda by, users: break_glass.take(by, able(users.operator), "a reason of the day"),
    "add_group_mapping": lambda by, users: groups.add_mapping(by, a_mapping()),
    "join_by_group": lambda by, users: groups.follow(by, users.viewer, {"mapped"}),
    "activate_user": lambda by, users: changes.set_active(by, users.viewer, active=True),
}


@pytest.fixture
def by(admin: User) -> By:
    OwnershipRule.objects.create(kind="role", pattern="web-*")
    GroupMapping.objects.create(group="mapped", team=Team.objects.get(name="shop"))
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
    rows = [users, *(model.objects.order_by("pk").values_list() for model in MODELS)]
    return [list(each) for each in rows]


@pytest.mark.parametrize("action", ACTS)
def test_every_change_is_audited(by: By, users: Users, action: str) -> None:
    ACTS[action](by, users)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.source_ip) == (action, by.user, "192.0.2.7")
    assert event.resource_name


@pytest.mark.parametrize("action", ACTS)
def test_what_cannot_be_audited_is_not_done(by: By, users: Users, broken_audit: None, action: str) -> None:
    before = everything()
    with pytest.raises(OSError, match="audit trail"):
        ACTS[action](by, users)
    assert everything() == before
    assert not AuditEvent.objects.exists()


def test_no_password_reaches_the_audit_trail(by: By, users: Users) -> None:
    _, password = changes.create_user(by, "newcomer")
    again = changes.reset_password(by, users.viewer)
    texts = [f"{event.changes} {event.detail} {event.reason}" for event in AuditEvent.objects.all()]
    assert not any(secret in text for secret in (password, again) for text in texts)


def test_adding_a_member_twice_is_one_change(by: By, users: Users) -> None:
    team = Team.objects.get(name="shop")
    changes.add_member(by, team, users.deployer)
    assert not AuditEvent.objects.exists()


def test_a_member_of_a_team_has_its_grants_until_removed(by: By, users: Users) -> None:
    own = AccessTarget(ACCOUNT, "eu-central-1", "shop", "web-front")
    changes.add_member(by, Team.objects.get(name="shop"), users.outsider)
    policy.forget(users.outsider)
    assert policy.can(users.outsider, Permission.DEPLOY, own)
    changes.remove_member(by, Membership.objects.get(user=users.outsider))
    policy.forget(users.outsider)
    assert not policy.can(users.outsider, Permission.DEPLOY, own)


@pytest.mark.parametrize("lock_out", ["revoke", "deactivate", "team", "member"])
def test_the_last_administrator_stays(users: Users, lock_out: str) -> None:
    root = By(None)
    if lock_out in ("team", "member"):
        Grant.objects.filter(user=users.admin).update(user=None, team=changes.create_team(root, "admins"))
        changes.add_member(root, Team.objects.get(name="admins"), users.admin)
    acts: dict[str, Callable[[], Any]] = {
        "revoke": lambda: changes.revoke_grant(root, Grant.objects.get(role=Role.ADMIN)),
        "deactivate": lambda: changes.set_active(root, users.admin, active=False),
        "team": lambda: changes.delete_team(root, Team.objects.get(name="admins")),
        "member": lambda: changes.remove_member(root, Membership.objects.get(user=users.admin)),
    }
    before = everything()
    with pytest.raises(Refused, match="no administrator"):
        acts[lock_out]()
    assert everything() == before


def test_with_a_second_administrator_the_first_may_go(by: By, users: Users) -> None:
    changes.add_grant(by, Grant(user=users.operator, role=Role.ADMIN))
    changes.set_active(By(users.operator), users.admin, active=False)
    assert not User.objects.get(username="admin").is_active


def test_nobody_deactivates_themselves(by: By, users: Users) -> None:
    with pytest.raises(Refused, match="your own user"):
        changes.set_active(by, users.admin, active=False)

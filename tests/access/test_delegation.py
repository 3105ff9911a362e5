"""Nobody grants beyond what they hold: random grants, and the pages of a team's manager."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django.asserts import assertContains, assertNotContains

from ecsdash.access import changes, delegation, policy
from ecsdash.access.changes import By, Refused
from ecsdash.access.models import Grant, Membership, Team, User
from ecsdash.access.patterns import covers, matches
from ecsdash.access.permissions import CAPABILITIES, Capability, Permission, Role
from ecsdash.access.targets import AccessTarget
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory.models import Account
from tests.users import Users, create_grant, make_account

NAMES = st.sampled_from(["", "shop", "shop-1", "web", "web-front", "a", "ab", "*", "?"])
PATTERNS = st.sampled_from(
    ["*", "**", "shop", "shop*", "shop-?", "?*", "*?", "web*", "*front", "w*t", "a?", "??", "a*b"]
)
ACCOUNTS = st.sampled_from(["*", "shop", "web"])
ROLES = st.sampled_from(["app-*", "app-web", "*", "web-?"])
ROLE_NAMES = ["app-web", "app-x", "web-1", "other"]
GRANTS = st.fixed_dictionaries(
    {
        "role": st.sampled_from(Role.values),
        "account": ACCOUNTS,
        "region": PATTERNS,
        "cluster": PATTERNS,
        "service": PATTERNS,
        "capabilities": st.none() | st.lists(st.sampled_from(Capability.values), unique=True),
        "pass_roles": st.lists(ROLES, max_size=2, unique=True),
        "hours": st.sampled_from([None, 1, 5]),
    }
)
SOON = timezone.now()


def made(user: User, hours: int | None, **columns: Any) -> Grant:
    return create_grant(user=user, expires_at=hours and SOON + timedelta(hours=hours), **columns)


@given(PATTERNS, PATTERNS, NAMES)
def test_a_pattern_that_covers_another_matches_all_its_names(pattern: str, other: str, name: str) -> None:
    if covers(pattern, other) and matches(other, name):
        assert matches(pattern, name)


class TestContainment(TestCase):
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(GRANTS, max_size=3), GRANTS, st.tuples(ACCOUNTS, NAMES, NAMES, NAMES), st.sampled_from(ROLE_NAMES))
    def test_what_a_giver_may_grant_they_may_do_themselves_as_long(
        self, held: list[dict[str, Any]], given_grant: dict[str, Any], place: tuple[str, ...], role: str
    ) -> None:
        giver, receiver = User.objects.create_user("giver"), User.objects.create_user("receiver")
        for each in held:
            made(giver, **each)
        grant = made(receiver, **given_grant)
        if delegation._excess(delegation.held_by(giver), grant):
            return
        target = AccessTarget(*place)
        for permission in Permission:
            if policy.can(receiver, permission, target):
                assert policy.can(giver, permission, target)
                for capability in Capability:
                    allowed = policy.capable(receiver, capability, permission, target)
                    assert not allowed or policy.capable(giver, capability, permission, target)
                assert not policy.may_pass(receiver, role, permission, target) or policy.may_pass(
                    giver, role, permission, target
                )
        lasting = [each.until for each in delegation.held_by(giver)]
        assert None in lasting or (grant.expires_at is not None and grant.expires_at <= max(filter(None, lasting)))


@pytest.fixture
def manager(users: Users) -> User:
    """A manager of the team shop, who holds more than the team: operator of its cluster."""
    user = User.objects.create_user("mara")
    Membership.objects.create(user=user, team=Team.objects.get(name="shop"), is_manager=True)
    create_grant("operator", account="demo", cluster="shop", user=user)
    return user


@pytest.fixture
def browser(manager: User) -> Client:
    make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])
    client = Client()
    client.force_login(manager)
    return client


def form(**values: Any) -> dict[str, Any]:
    """Return the form of a grant that the manager may add: the team deploys web-* already."""
    team, account = Team.objects.get(name="shop"), Account.objects.get(alias="demo")
    place = {"account": account.pk, "region": "*", "cluster": "shop", "service": "web-*"}
    return {"team": team.pk, "role": "operator", **place, **values}


def granted() -> set[tuple[str, str, str]]:
    return set(Grant.objects.filter(team__name="shop").values_list("role", "cluster", "service"))


@pytest.mark.django_db
def test_a_manager_finds_the_own_team_only(browser: Client) -> None:
    Team.objects.create(name="bank")
    assertContains(browser.get("/settings/"), "/settings/teams/shop/")
    assert browser.get("/settings/teams/shop/").status_code == 200
    for address in ("/settings/teams/", "/settings/teams/bank/", "/settings/users/", "/settings/grants/"):
        assert browser.get(address).status_code == 404
    assert browser.post("/settings/teams/bank/members/", {"username": "mara"}).status_code == 404


@pytest.mark.django_db
def test_a_manager_adds_and_removes_members_by_username(browser: Client, users: Users) -> None:
    assertNotContains(browser.get("/settings/teams/shop/"), "outsider")
    browser.post("/settings/teams/shop/members/", {"username": "outsider"})
    assert users.outsider.memberships.filter(team__name="shop").exists()
    assertContains(browser.post("/settings/teams/shop/members/", {"username": "nobody"}), "No active user",
                   status_code=422)  # fmt: skip
    browser.post("/settings/teams/shop/members/outsider/remove/")
    assert not users.outsider.memberships.exists()
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {"add_member", "remove_member"}


@pytest.mark.django_db
def test_a_manager_makes_no_managers(browser: Client) -> None:
    answer = browser.post("/settings/teams/shop/members/deployer/manager/", {"manager": "1"})
    assert answer.status_code == 404
    assert Membership.objects.filter(is_manager=True).count() == 1


@pytest.mark.django_db
def test_a_manager_grants_the_team_what_both_allow(browser: Client) -> None:
    answer = browser.post("/settings/grants/new/", form(expires="1d"))
    assert answer["Location"] == "/settings/teams/shop/"
    assert ("operator", "shop", "web-*") in granted()
    grant = Grant.objects.get(team__name="shop", role="operator")
    browser.post(f"/settings/grants/{grant.pk}/revoke/")
    assert ("operator", "shop", "web-*") not in granted()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("beyond", "complaint"),
    [
        ({"role": "admin"}, "only what you hold"),
        ({"service": "*"}, "no grant for this scope"),
        ({"cluster": "*"}, "no grant for this scope"),
        ({"account": ""}, "no grant for this scope"),
        ({"capabilities_from": "chosen", "capabilities": ["host_access"]}, "only what you hold"),
        ({"pass_roles": "bank-*"}, "only what you hold"),
        ({"team": "", "user": "USER"}, "not one of the available choices"),
        ({"team": "BANK"}, "not one of the available choices"),
    ],
)
def test_a_manager_grants_nothing_beyond(browser: Client, users: Users, beyond: dict[str, Any], complaint: str) -> None:
    known = {"USER": users.outsider.pk, "BANK": Team.objects.create(name="bank").pk}
    before = Grant.objects.count()
    data = form(**{key: known.get(value, value) if isinstance(value, str) else value for key, value in beyond.items()})
    assertContains(browser.post("/settings/grants/new/", data), complaint, status_code=422)
    assert Grant.objects.count() == before


@pytest.mark.django_db
def test_a_manager_revokes_nothing_beyond(browser: Client, users: Users) -> None:
    wide = create_grant("admin", team=Team.objects.get(name="shop"))
    for grant in (wide, users.viewer.grants.get()):
        assert browser.post(f"/settings/grants/{grant.pk}/revoke/").status_code == (302 if grant == wide else 404)


@pytest.mark.django_db
def test_who_holds_something_for_a_while_grants_it_no_longer(users: Users) -> None:
    until = timezone.now() + timedelta(minutes=30)
    Grant.objects.filter(user=users.admin).update(expires_at=until)
    by = By(User.objects.get(pk=users.admin.pk))
    for wrong in (None, until + timedelta(minutes=1)):
        with pytest.raises(Refused, match="ends on"):
            changes.add_grant(by, Grant(user=users.outsider, role=Role.VIEWER, expires_at=wrong))
    changes.add_grant(by, Grant(user=users.outsider, role=Role.VIEWER, expires_at=until))


@pytest.mark.django_db
def test_who_holds_less_than_a_team_adds_no_members_to_it(users: Users) -> None:
    team = Team.objects.create(name="admins")
    create_grant("admin", team=team, capabilities=sorted(CAPABILITIES[Role.ADMIN]))
    Grant.objects.filter(user=users.admin).update(capabilities=[])
    with pytest.raises(Refused, match="go beyond your own"):
        changes.add_member(By(User.objects.get(pk=users.admin.pk)), team, users.admin)
    assert not team.members.exists()

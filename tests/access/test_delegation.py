"""Nobody grants beyond what they hold: random grants, and the pages of a team's manager."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.asserts import assertContains, assertNotContains

from ecsdash.access import changes, delegation, policy
from ecsdash.access.changes import By, Refused
from ecsdash.access.models import Grant, Membership, Team, User
from ecsdash.access.patterns import covers, matches
from ecsdash.access.permissions import CAPABILITIES, Capability, Permission, Role
from ecsdash.access.policy import GrantScope
from ecsdash.access.targets import AccessTarget
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory.models import Account
from tests.users import Users, create_grant, make_account

NAMES = ("", "shop", "shop-1", "web", "web-front", "a", "ab", "*", "?")
PATTERNS = ("*", "**", "shop", "shop*", "shop-?", "?*", "*?", "web*", "*front", "w*t", "a?", "??", "a*b")
PLACES = [AccessTarget(*place) for place in product(("shop", "web"), ("", "shop"), ("", "shop-1", "web"), ("", "ab"))]
ROLES = ("app-*", "app-web", "*", "web-?")
ROLE_NAMES = ("app-web", "app-x", "web-1", "other")
SCOPE: dict[str, st.SearchStrategy[Any]] = {
    "role": st.sampled_from(Role.values),
    "account": st.sampled_from(["*", "shop", "web"]),
    "region": st.sampled_from(PATTERNS),
    "cluster": st.sampled_from(PATTERNS),
    "service": st.sampled_from(PATTERNS),
    "capabilities": st.lists(st.sampled_from(Capability.values), unique=True).map(tuple),
    "pass_roles": st.lists(st.sampled_from(ROLES), max_size=2, unique=True).map(tuple),
}


def test_a_pattern_that_covers_another_matches_all_its_names() -> None:
    for pattern, other in product(PATTERNS, PATTERNS):
        if covers(pattern, other):
            missed = [name for name in NAMES if matches(other, name) and not matches(pattern, name)]
            assert not missed, (pattern, other)


def holder(scope: GrantScope) -> User:
    """Return a user who holds this grant and nothing else."""
    user = User(username="somebody")
    user.__dict__[policy.CACHE] = (scope,)
    return user


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries(SCOPE),
    st.fixed_dictionaries(SCOPE),
    st.sets(st.sampled_from(sorted(SCOPE)), min_size=1, max_size=2),
)
def test_what_a_grant_contains_allows_nothing_more(
    held: dict[str, Any], other: dict[str, Any], changed: set[str]
) -> None:
    """The new grant is the held one with a few values changed, so that it is often contained."""
    outer, inner = GrantScope(**held), GrantScope(**{**held, **{name: other[name] for name in changed}})
    if not delegation.contains(outer, inner):
        return
    giver, receiver = holder(outer), holder(inner)
    for permission, place in product(Permission, PLACES):
        if policy.can(receiver, permission, place):
            assert policy.can(giver, permission, place)
            for capability in Capability:
                if policy.capable(receiver, capability, permission, place):
                    assert policy.capable(giver, capability, permission, place)
            for role in ROLE_NAMES:
                if policy.may_pass(receiver, role, permission, place):
                    assert policy.may_pass(giver, role, permission, place)


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

"""Single sign-on with a real OpenID Connect provider: who becomes which user, and teams that follow groups."""

from collections.abc import Iterator

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains

from ecsdash.access import groups, policy
from ecsdash.access.changes import By
from ecsdash.access.models import GroupMapping, Membership, Team, User
from ecsdash.audit.models import AuditEvent
from tests.access import factors, identity_provider
from tests.access.identity_provider import LOGIN, IdentityProvider
from tests.users import PASSWORD, Users, create_grant

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running() -> Iterator[IdentityProvider]:
    with identity_provider.running() as provider:
        yield provider


@pytest.fixture
def provider(running: IdentityProvider, settings: Settings) -> IdentityProvider:
    identity_provider.configure(settings, running)
    return running


def map_group(group: str, team: str, **columns: bool) -> GroupMapping:
    holder, _ = Team.objects.get_or_create(name=team)
    return groups.add_mapping(By(None), GroupMapping(group=group, team=holder, **columns))


def teams_of(username: str) -> dict[str, bool]:
    """Return the names of the user's teams, and whether the user manages each."""
    rows = Membership.objects.filter(user__username=username)
    return dict(rows.values_list("team__name", "is_manager"))


def is_signed_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_the_first_sign_in_creates_a_user_without_permissions(provider: IdentityProvider, client: Client) -> None:
    provider.person("grace", name="Grace Hopper")
    assert provider.sign_in(client, "grace")["Location"] == "/"
    user = User.objects.get(username="grace")
    assert is_signed_in(client)
    assert (user.get_full_name(), user.has_usable_password()) == ("Grace Hopper", False)
    assert policy.effective_grants(user) == ()
    assert list(AuditEvent.objects.order_by("seq").values_list("action", flat=True)) == ["create_user", "sign_in"]


def test_the_second_sign_in_is_the_same_user(provider: IdentityProvider, client: Client) -> None:
    provider.person("grace")
    provider.sign_in(client, "grace")
    provider.sign_in(Client(), "grace")
    assert User.objects.filter(username__startswith="grace").count() == 1


def test_a_name_in_use_is_not_taken_over(provider: IdentityProvider, client: Client, users: Users) -> None:
    provider.person("admin")
    assertContains(provider.sign_in(client, "admin"), "This username is in use", status_code=403)
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    event = AuditEvent.objects.get(action="sign_in")
    assert (event.outcome, event.actor_name) == ("failed", "admin")


def test_an_administrator_lets_an_existing_user_sign_in_with_the_provider(
    provider: IdentityProvider, client: Client, users: Users
) -> None:
    browser = Client()
    browser.force_login(users.admin)
    browser.post(f"/settings/users/{users.viewer.pk}/provider/")
    provider.person("viewer")
    provider.sign_in(client, "viewer")
    assert SocialAccount.objects.get().user == users.viewer
    assert not User.objects.get(pk=users.viewer.pk).may_link_provider
    actions = list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))
    assert actions == ["allow_provider", "link_provider", "sign_in"]


def test_a_deactivated_user_stays_outside(provider: IdentityProvider, client: Client) -> None:
    provider.person("grace")
    provider.sign_in(client, "grace")
    User.objects.update(is_active=False)
    again = Client()
    assert provider.sign_in(again, "grace")["Location"] == "/account/inactive/"
    assert not is_signed_in(again)


def test_groups_make_members_and_managers_at_each_sign_in(provider: IdentityProvider, client: Client) -> None:
    map_group("shop-people", "shop")
    map_group("bank-leads", "bank", is_manager=True)
    create_grant("deployer", team=Team.objects.get(name="shop"), cluster="shop")
    provider.person("grace", groups=["shop-people", "bank-leads", "unknown"])
    provider.sign_in(client, "grace")
    assert teams_of("grace") == {"shop": False, "bank": True}
    assert [grant.role for grant in policy.effective_grants(User.objects.get(username="grace"))] == ["deployer"]
    provider.person("grace", groups=["bank-leads"])
    provider.sign_in(Client(), "grace")
    assert teams_of("grace") == {"bank": True}
    events = AuditEvent.objects.filter(action__endswith="by_group").order_by("seq")
    told = [(event.action, event.resource_name, event.actor_name) for event in events]
    joined = {("join_by_group", "shop", "grace"), ("join_by_group", "bank", "grace")}
    assert set(told[:2]) == joined
    assert told[2:] == [("leave_by_group", "shop", "grace")]


def test_a_claim_that_is_gone_is_no_group(provider: IdentityProvider, client: Client) -> None:
    map_group("shop-people", "shop")
    provider.person("grace", groups="shop-people")
    provider.sign_in(client, "grace")
    assert teams_of("grace") == {"shop": False}
    provider.person("grace")
    provider.sign_in(Client(), "grace")
    assert teams_of("grace") == {}


def test_a_membership_given_by_hand_stays(provider: IdentityProvider, client: Client) -> None:
    map_group("shop-people", "shop", is_manager=True)
    provider.person("grace", groups=[])
    provider.sign_in(client, "grace")
    Membership.objects.create(user=User.objects.get(username="grace"), team=Team.objects.get(name="shop"))
    for claim in (["shop-people"], []):
        provider.person("grace", groups=claim)
        provider.sign_in(Client(), "grace")
        assert teams_of("grace") == {"shop": False}


def test_a_deleted_mapping_takes_its_members_along(provider: IdentityProvider, client: Client) -> None:
    mapping = map_group("shop-people", "shop")
    provider.person("grace", groups=["shop-people"])
    provider.sign_in(client, "grace")
    groups.delete_mapping(By(None), mapping)
    assert teams_of("grace") == {}


def test_a_second_factor_is_asked_for_after_the_provider(provider: IdentityProvider, client: Client) -> None:
    map_group("shop-people", "shop")
    provider.person("grace")
    provider.sign_in(client, "grace")
    secret = factors.add_app(User.objects.get(username="grace"))
    provider.person("grace", groups=["shop-people"])
    again = Client()
    assert provider.sign_in(again, "grace")["Location"] == "/account/second-factor/sign-in/"
    assert not is_signed_in(again)
    assert teams_of("grace") == {}
    again.post("/account/second-factor/sign-in/", {"code": factors.code(secret)})
    assert is_signed_in(again)
    assert teams_of("grace") == {"shop": False}


def test_a_foreign_answer_signs_nobody_in(provider: IdentityProvider, client: Client) -> None:
    answer = client.get(f"{LOGIN}callback/?code=stolen&state=made-up")
    assertContains(answer, "Sign-in failed", status_code=401)
    assert AuditEvent.objects.get().outcome == "failed"


def test_the_way_back_stays_in_the_dashboard(provider: IdentityProvider, client: Client) -> None:
    provider.person("grace")
    assert provider.sign_in(client, "grace", next="https://evil.example/")["Location"] == "/"
    assert provider.sign_in(Client(), "grace", next="/audit/")["Location"] == "/audit/"


def test_nobody_is_linked_without_an_administrator(provider: IdentityProvider, users: Users) -> None:
    client = Client()
    client.force_login(users.viewer)
    provider.person("grace")
    answer = provider.sign_in(client, "grace", process="connect")
    assert answer.status_code == 401
    assert not SocialAccount.objects.exists()


def test_passwords_can_be_switched_off(
    provider: IdentityProvider, settings: Settings, client: Client, users: Users
) -> None:
    identity_provider.configure(settings, provider, local=False)
    page = client.get("/account/login/")
    assertContains(page, "Sign in with Example SSO")
    assertNotContains(page, "Password</label>")
    client.post("/account/login/", {"login": "viewer", "password": PASSWORD})
    assert not is_signed_in(client)


def test_the_sign_in_form_may_lead_to_the_provider(provider: IdentityProvider, client: Client) -> None:
    begun = client.post(LOGIN)
    assert begun["Location"].startswith(provider.address)
    assert "code_challenge=" in begun["Location"]


def test_a_user_of_the_provider_proves_again_there(provider: IdentityProvider, client: Client) -> None:
    map_group("leads", "shop", is_manager=True)
    provider.person("grace", groups=["leads"])
    provider.sign_in(client, "grace")
    session = client.session
    session["proved_at"] = 0
    session.save()
    asked = client.get("/settings/grants/new/")
    assert asked["Location"] == "/account/reauthenticate/provider/?next=%2Fsettings%2Fgrants%2Fnew%2F"
    assertContains(client.get(asked["Location"]), "Sign in with Example SSO")
    provider.sign_in(client, "grace", next="/settings/grants/new/")
    assert client.get("/settings/grants/new/").status_code == 200

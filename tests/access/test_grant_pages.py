"""What a grant allows beyond its role: the form, the pages that show it, the audit trail, and the policy."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ecsdash.access import policy
from ecsdash.access.models import Grant, Team, User
from ecsdash.access.permissions import Capability, Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory.models import Account
from tests.users import Users, make_account

NEW = "/settings/grants/new/"
PLACE = AccessTarget("demo", "eu-central-1", "shop", "web-front")


@pytest.fixture
def browser(admin: User) -> Client:
    make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])
    client = Client()
    client.force_login(admin)
    return client


def form(users: Users, **more: object) -> dict[str, object]:
    place = {"account": Account.objects.get(alias="demo").pk, "region": "*", "cluster": "shop", "service": "*"}
    return {"user": users.outsider.pk, "role": "operator", **place, **more}


def granted(users: Users) -> Grant:
    return users.outsider.grants.get(role="operator")


def capable(user: User, capability: Capability) -> bool:
    return policy.capable(User.objects.get(pk=user.pk), capability, Permission.DEPLOY, PLACE)


def test_a_grant_without_a_choice_has_the_capabilities_of_its_role(browser: Client, users: Users) -> None:
    assertRedirects(browser.post(NEW, form(users, capabilities_from="role", capabilities=["host_access"])),
                    "/settings/grants/")  # fmt: skip
    assert granted(users).capabilities is None
    assert capable(users.outsider, Capability.PUBLIC_EXPOSURE)
    assert not capable(users.outsider, Capability.HOST_ACCESS)


def test_chosen_capabilities_replace_those_of_the_role(browser: Client, users: Users) -> None:
    browser.post(NEW, form(users, capabilities_from="chosen", capabilities=["host_access"]))
    assert granted(users).capabilities == ["host_access"]
    assert capable(users.outsider, Capability.HOST_ACCESS)
    assert not capable(users.outsider, Capability.COMMAND_OVERRIDE)


def test_no_capability_can_be_chosen(browser: Client, users: Users) -> None:
    browser.post(NEW, form(users, capabilities_from="chosen"))
    assert granted(users).capabilities == []
    assert not capable(users.outsider, Capability.PUBLIC_EXPOSURE)


def test_roles_that_may_be_passed_are_written_on_lines_or_with_commas(browser: Client, users: Users) -> None:
    browser.post(NEW, form(users, pass_roles="shop-*, bank-role\r\n\r\nshop-*\n"))
    assert granted(users).pass_roles == ["shop-*", "bank-role"]
    user = User.objects.get(pk=users.outsider.pk)
    assert policy.may_pass(user, "shop-task", Permission.OPERATE, PLACE)
    assert not policy.may_pass(user, "pay-task", Permission.OPERATE, PLACE)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"pass_roles": "shop-*\narn:aws:iam::123456789012:role/shop"}, "is not a role name or pattern"),
        ({"pass_roles": "(a+)+"}, "is not a role name or pattern"),
        ({"pass_roles": "r" * 65}, "has more than 64 characters"),
        ({"pass_roles": ",".join(f"role-{number}" for number in range(51))}, "at most 50 are allowed"),
        ({"capabilities_from": "chosen", "capabilities": ["root"]}, "not one of the available choices"),
    ],
)
def test_a_wrong_choice_is_refused_at_its_field(
    browser: Client, users: Users, wrong: dict[str, object], complaint: str
) -> None:
    answer = browser.post(NEW, form(users, **wrong))
    assertContains(answer, complaint, status_code=422)
    assert not users.outsider.grants.filter(role="operator").exists()


def test_the_form_says_what_each_role_brings(browser: Client) -> None:
    answer = browser.get(NEW)
    assertContains(answer, "<td>Operator</td><td>Public exposure, Command override</td>", html=False)
    assertContains(answer, "<td>Deployer</td><td>None</td>")


def test_a_refused_form_keeps_what_was_typed(browser: Client, users: Users) -> None:
    answer = browser.post(NEW, form(users, cluster="a b", pass_roles="shop-*\nbank-*", capabilities_from="chosen",
                                    capabilities=["host_access"]))  # fmt: skip
    assertContains(answer, "shop-*\nbank-*</textarea>", status_code=422)
    assert answer.context["form"]["capabilities"].value() == ["host_access"]


def test_every_page_of_a_grant_shows_what_it_allows_beyond_its_role(browser: Client, users: Users) -> None:
    team = Team.objects.get(name="shop")
    Grant.objects.create(team=team, role="operator", capabilities=["host_access"], pass_roles=["shop-*", "web"])
    theirs = Client()
    theirs.force_login(users.deployer)
    pages = {
        "grants": browser.get("/settings/grants/"),
        "team": browser.get("/settings/teams/shop/"),
        "user": browser.get(f"/settings/users/{users.deployer.pk}/"),
        "settings": theirs.get("/settings/"),
    }
    for name, answer in pages.items():
        assertContains(answer, "Host access")
        assertContains(answer, "shop-*, web")
        if name != "grants":  # where the administrator's grant is too
            assertNotContains(answer, "Command override")


def test_an_administrator_may_pass_every_role(browser: Client) -> None:
    assertContains(browser.get("/settings/"), "every role")


def test_the_audit_trail_says_what_was_granted_and_revoked(browser: Client, users: Users) -> None:
    browser.post(NEW, form(users, capabilities_from="chosen", capabilities=["host_access"], pass_roles="shop-*"))
    address = f"/settings/grants/{granted(users).pk}/revoke/"
    question = browser.get(address)
    assertContains(question, "Capabilities: host access. Roles that may be passed: shop-*.")
    browser.post(address)
    text = "operator on demo/*/shop/*; capabilities: host access (chosen); roles that may be passed: shop-*"
    assert AuditEvent.objects.get(action="add_grant").changes == [{"path": "grants", "before": None, "after": text}]
    assert AuditEvent.objects.get(action="revoke_grant").changes == [{"path": "grants", "before": text, "after": None}]


def test_the_grants_are_exported_with_what_they_allow(browser: Client, users: Users) -> None:
    Grant.objects.create(user=users.viewer, role="deployer", capabilities=["command_override"], pass_roles=["a", "b"])
    answer = browser.get("/settings/grants/?format=csv&columns=all&q=role:deployer")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert 'Command override,"a, b"' in text

"""Settings > Ownership: the table of rules, and adding, editing and deleting one."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ecsdash.access.models import OwnershipRule, Team, User
from ecsdash.access.ownership import KINDS
from ecsdash.access.rule_values import KIND_LABELS, RuleValues
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory.models import Account
from tests.users import Users, make_account

RULES, NEW = "/settings/ownership/", "/settings/ownership/new/"
FORM = {"account": "*", "kind": "role", "pattern": "shop-*", "owner": "shop", "note": "Shop's own"}


@pytest.fixture
def browser(users: Users) -> Client:
    make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])
    client = Client()
    client.force_login(users.admin)
    return client


def rule(**columns: Any) -> OwnershipRule:
    values = {"kind": "role", "pattern": "shop-*", "team": Team.objects.get(name="shop"), **columns}
    return OwnershipRule.objects.create(**values)


def values() -> list[RuleValues]:
    return [RuleValues.of(each) for each in OwnershipRule.objects.select_related("account", "team")]


def audited(action: str) -> list[dict[str, Any]]:
    event = AuditEvent.objects.get(action=action)
    assert (event.actor_name, event.resource_type) == ("admin", "ownership_rule")
    changes: list[dict[str, Any]] = event.changes
    return changes


def test_every_kind_has_a_label_of_its_own() -> None:
    assert list(KIND_LABELS) == list(KINDS)
    assert len(set(KIND_LABELS.values())) == len(KINDS)


def test_a_rule_is_added_and_audited(browser: Client) -> None:
    assertRedirects(browser.post(NEW, FORM), RULES)
    assert values() == [RuleValues("*", "role", "shop-*", "", "", "shop", "Shop's own")]
    assert OwnershipRule.objects.get().created_by == User.objects.get(username="admin")
    assert audited("add_ownership_rule") == [
        {
            "path": "ownership rule",
            "before": None,
            "after": "IAM role with name shop-* in all accounts: team shop",
        }
    ]


def test_a_rule_by_tag_in_one_account_is_shared_with_everybody(browser: Client) -> None:
    form = {"account": "demo", "kind": "load_balancer", "tag_key": "team", "tag_value": "pay*", "owner": "*"}
    browser.post(NEW, form)
    assert values() == [RuleValues("demo", "load_balancer", "", "team", "pay*", "*", "")]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"pattern": ""}, "Enter either a name pattern or a tag key."),
        ({"tag_key": "team"}, "Enter either a name pattern or a tag key."),
        ({"tag_value": "shop"}, "A tag value needs a tag key."),
        ({"owner": ""}, "This field is required."),
        ({"owner": "nobody"}, "not one of the available choices"),
        ({"kind": "service"}, "not one of the available choices"),
        ({"account": "gone"}, "not one of the available choices"),
        ({"pattern": "a" * 256}, "at most 255 characters"),
        ({"note": "two\nlines"}, "Remove line breaks and control characters."),
    ],
)
def test_a_wrong_rule_is_refused_at_its_field(browser: Client, wrong: dict[str, str], complaint: str) -> None:
    assertContains(browser.post(NEW, FORM | wrong), complaint, status_code=422)
    assert not OwnershipRule.objects.exists()


def test_the_same_rule_cannot_be_added_twice(browser: Client) -> None:
    browser.post(NEW, FORM)
    assertContains(browser.post(NEW, FORM | {"note": "again"}), "This rule exists already.", status_code=422)
    assertRedirects(browser.post(NEW, FORM | {"owner": "*"}), RULES)
    assert OwnershipRule.objects.count() == 2


def test_the_form_begins_with_what_the_address_names(browser: Client) -> None:
    answer = browser.get(f"{NEW}?kind=log_group&pattern=/ecs/shop&account=demo&owner=shop")
    shown = {name: answer.context["form"][name].value() for name in ("kind", "pattern", "account", "owner")}
    assert shown == {"kind": "log_group", "pattern": "/ecs/shop", "account": "demo", "owner": "shop"}


def test_a_rule_is_edited_and_the_audit_trail_says_what_changed(browser: Client) -> None:
    address = f"{RULES}{rule(note='Old').pk}/"
    assertContains(browser.get(address), 'value="shop-*"')
    assertRedirects(browser.post(address, FORM | {"note": "Old", "owner": "*", "pattern": "web-*"}), RULES)
    assert values() == [RuleValues("*", "role", "web-*", "", "", "*", "Old")]
    assert audited("edit_ownership_rule") == [
        {"path": "pattern", "before": "shop-*", "after": "web-*"},
        {"path": "owner", "before": "shop", "after": "*"},
    ]


def test_saving_a_rule_as_it_is_changes_and_audits_nothing(browser: Client) -> None:
    address = f"{RULES}{rule(note=FORM['note']).pk}/"
    assertRedirects(browser.post(address, FORM), RULES)
    assert not AuditEvent.objects.filter(action="edit_ownership_rule").exists()


def test_a_rule_cannot_be_edited_into_another_one(browser: Client) -> None:
    rule()
    other = rule(pattern="web-*")
    assertContains(browser.post(f"{RULES}{other.pk}/", FORM), "This rule exists already.", status_code=422)


def test_deleting_asks_first_and_is_audited(browser: Client) -> None:
    address = f"{RULES}{rule().pk}/delete/"
    assertContains(browser.get(address), "IAM role with name shop-* in all accounts: team shop.")
    assert OwnershipRule.objects.exists()
    assertRedirects(browser.post(address), RULES)
    assert not OwnershipRule.objects.exists()
    assert audited("delete_ownership_rule")[0]["after"] is None


def test_the_table_is_filtered_and_sorted(browser: Client) -> None:
    rule(account=Account.objects.get(alias="demo"))
    rule(kind="secret", pattern="/pay/*", team=None)
    filtered = {
        "owner:shop": "shop-*", "owner:*": "/pay/*", 'kind:"iam role"': "shop-*", "kind:secret": "/pay/*",
        "account:demo": "shop-*", "/pay": "/pay/*",
    }  # fmt: skip
    for query, expected in filtered.items():
        table = browser.get(RULES, {"q": query}).context["table"]
        assert [row.record.pattern for row in table.rows] == [expected], query
    for sort, first in (("owner", "/pay/*"), ("-owner", "shop-*"), ("account", "/pay/*"), ("-pattern", "shop-*")):
        table = browser.get(RULES, {"sort": sort}).context["table"]
        assert table.rows[0].record.pattern == first, sort


def test_rules_of_all_accounts_are_on_every_page_of_the_table(browser: Client) -> None:
    """NULL accounts must not be lost between pages."""
    for number in range(60):
        rule(pattern=f"role-{number:02}", account=Account.objects.get(alias="demo") if number % 2 else None)
    seen: list[str] = []
    address = f"{RULES}?sort=account"
    while address:
        table = browser.get(address).context["table"]
        seen += [row.record.pattern for row in table.rows]
        address = table.next_url
    assert sorted(seen) == [f"role-{number:02}" for number in range(60)]


def test_a_row_has_a_menu(browser: Client) -> None:
    pk = rule().pk
    assertContains(browser.get(f"{RULES}?menu={pk}"), f"{RULES}{pk}/delete/")


def test_without_rules_the_page_says_what_happens(browser: Client) -> None:
    assertContains(browser.get(RULES), "No ownership rules yet")


def test_a_team_shows_its_rules_and_loses_them_when_it_is_deleted(browser: Client) -> None:
    rule()
    assertContains(browser.get("/settings/teams/shop/"), f'<a href="{RULES}?q=owner:shop">1 rule</a>')
    assertContains(browser.get("/settings/teams/shop/delete/"), "the ownership rules that name it (1)")
    browser.post("/settings/teams/shop/delete/")
    assert not OwnershipRule.objects.exists()
    changes = AuditEvent.objects.get(action="delete_team").changes
    assert {"path": "ownership rules", "before": ["role shop-* owned by team shop"], "after": []} in changes


def test_hostile_words_are_shown_as_words(browser: Client) -> None:
    rule(pattern="<script>alert(1)</script>", note="<b>bold</b>")
    assertNotContains(browser.get(f"{RULES}?columns=all"), "<script>alert(1)</script>")
    assertContains(browser.get(f"{RULES}?columns=all"), "&lt;b&gt;bold")

"""Import of ownership rules: what is exported can be imported again, all lines or none, after a preview."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.asserts import assertContains, assertRedirects

from ecsdash.access.models import OwnershipRule, Team
from ecsdash.access.ownership import KINDS
from ecsdash.access.rule_files import HEADINGS, MAX_BYTES, MAX_RULES
from ecsdash.access.rule_values import RuleValues
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory.models import Account
from ecsdash.web.tables.csv_export import cell, read_cell
from tests.users import Users, make_account

IMPORT, RULES = "/settings/ownership/import/", "/settings/ownership/"
HEAD = ",".join(HEADINGS.values())
SHOP = "*,IAM role,shop-*,,,shop,Their own"


@pytest.fixture
def browser(users: Users) -> Client:
    make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])
    Team.objects.create(name="bank")
    client = Client()
    client.force_login(users.admin)
    return client


def rules() -> set[RuleValues]:
    return {RuleValues.of(each) for each in OwnershipRule.objects.select_related("account", "team")}


def lines(*rows: str) -> str:
    return "\n".join((HEAD, *rows))


def preview(browser: Client, text: str, mode: str = "add") -> Any:
    return browser.post(IMPORT, {"text": text, "mode": mode})


def apply(browser: Client, answer: Any) -> Any:
    """Confirm a preview."""
    assert answer.status_code == 200, answer.content
    names = ("text", "mode")
    return browser.post(
        IMPORT, {name: answer.context[name] for name in names} | {"digest": answer.context["comparison"].digest}
    )


def imported(browser: Client, *rows: str, mode: str = "add") -> Any:
    return apply(browser, preview(browser, lines(*rows), mode))


def exported(browser: Client) -> str:
    answer: Any = browser.get(f"{RULES}?format=csv&columns=all")
    return b"".join(answer.streaming_content).decode()


def counts(answer: HttpResponse) -> tuple[int, int, int]:
    comparison = answer.context["comparison"]  # type: ignore[attr-defined]
    return len(comparison.added), len(comparison.changed), len(comparison.removed)


def test_nothing_changes_before_the_preview_is_confirmed(browser: Client) -> None:
    answer = preview(browser, lines(SHOP))
    assertContains(answer, "IAM role with name shop-* in all accounts: team shop")
    assert rules() == set()
    assertRedirects(apply(browser, answer), RULES)
    assert rules() == {RuleValues("*", "role", "shop-*", "", "", "shop", "Their own")}


def test_the_import_is_one_audit_event_with_every_rule(browser: Client) -> None:
    imported(browser, SHOP, "demo,secret,/pay/*,,,bank,")
    imported(browser, "*,role,shop-*,,,bank,Their own", mode="replace")
    added, replaced = AuditEvent.objects.filter(action="import_ownership_rules").order_by("seq")
    assert [change["after"] for change in added.changes] == [
        "IAM role with name shop-* in all accounts: team shop",
        "Secret with name /pay/* in account demo: team bank",
    ]
    assert [(change["before"] is None, change["after"] is None) for change in replaced.changes] == [
        (False, False),
        (False, True),
    ]


def test_a_file_is_uploaded(browser: Client) -> None:
    file = SimpleUploadedFile("rules.csv", b"\xef\xbb\xbf" + lines(SHOP).encode())
    apply(browser, browser.post(IMPORT, {"file": file, "mode": "add"}))
    assert len(rules()) == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_separate_columns(browser: Client, delimiter: str) -> None:
    apply(browser, preview(browser, lines(SHOP).replace(",", delimiter)))
    assert len(rules()) == 1


def test_rules_that_are_not_in_the_file_are_kept_or_removed_as_chosen(browser: Client) -> None:
    imported(browser, SHOP, "*,vpc,main,,,bank,")
    more = "*,secret,/pay/*,,,bank,"
    kept, replaced = preview(browser, lines(more)), preview(browser, lines(more), "replace")
    assert (counts(kept), counts(replaced)) == ((1, 0, 0), (1, 0, 2))
    apply(browser, replaced)
    assert {each.kind for each in rules()} == {"secret"}


def test_another_owner_of_the_same_things_is_a_change_of_the_rule(browser: Client) -> None:
    imported(browser, SHOP)
    pk = OwnershipRule.objects.get().pk
    answer = preview(browser, lines("*,role,shop-*,,,bank,Moved"))
    assert counts(answer) == (0, 1, 0)
    assertContains(answer, "team shop → team bank")
    apply(browser, answer)
    assert OwnershipRule.objects.get().pk == pk
    assert rules() == {RuleValues("*", "role", "shop-*", "", "", "bank", "Moved")}


def test_two_owners_of_the_same_things_are_two_rules(browser: Client) -> None:
    two = (SHOP, "*,role,shop-*,,,bank,Too")
    imported(browser, *two)
    assert len(rules()) == 2
    assert counts(preview(browser, lines(*two), "replace")) == (0, 0, 0)


def test_a_file_that_changes_nothing_cannot_be_imported(browser: Client) -> None:
    imported(browser, SHOP)
    answer = preview(browser, lines(SHOP), "replace")
    assertContains(answer, "The file changes nothing.")
    apply(browser, answer)
    assert AuditEvent.objects.filter(action="import_ownership_rules").count() == 1


def test_rules_that_changed_since_the_preview_are_shown_again(browser: Client) -> None:
    answer = preview(browser, lines("*,vpc,main,,,bank,"), "replace")
    browser.post(f"{RULES}new/", {"account": "*", "kind": "secret", "pattern": "x", "owner": "shop"})
    again = apply(browser, answer)
    assertContains(again, "The rules have changed since the preview.", status_code=409)
    assert {each.kind for each in rules()} == {"secret"}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("*,king,shop-*,,,shop,", "Line 3: Kind: Select a valid choice. king"),
        ("gone,role,shop-*,,,shop,", "Line 3: Account: Select a valid choice."),
        ("*,role,shop-*,,,nobody,", "Line 3: Owner: Select a valid choice."),
        ("*,role,,,,shop,", "Line 3: Name pattern: Enter either a name pattern or a tag key."),
        ("*,role,a,team,,shop,", "Line 3: Name pattern: Enter either a name pattern or a tag key."),
        ("*,role,a,,x,shop,", "Line 3: Tag key: A tag value needs a tag key."),
        ("*,role", "Line 3: Owner: This field is required. Name pattern: Enter either a name pattern or a tag key."),
        (SHOP, "Line 3: This rule is in line 2 already."),
        (f"*,role,{'a' * 256},,,shop,", "at most 255 characters"),
        ('*,role,"a\nb",,,shop,', "Line 3: Name pattern: Remove line breaks"),
    ],
)
def test_one_wrong_line_refuses_the_whole_file(browser: Client, row: str, complaint: str) -> None:
    answer = preview(browser, lines(SHOP, row, "*,vpc,main,,,bank,"))
    assert answer.status_code == 422
    assert complaint.replace("'", "&#x27;") in answer.content.decode()
    assert rules() == set()


def test_every_wrong_line_is_named(browser: Client) -> None:
    answer = preview(browser, lines("*,king,a,,,shop,", "", SHOP, "*,queen,a,,,shop,"))
    assert [each.line for each in answer.context["line_errors"]] == [2, 5]


def test_many_wrong_lines_are_named_up_to_a_limit(browser: Client) -> None:
    answer = preview(browser, lines(*["*,king,a,,,shop,"] * 60))
    assertContains(answer, "50 lines need a change. Nothing was imported.", status_code=422)
    assertContains(answer, "reading stopped here", status_code=422)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Choose a file or paste lines."),
        ("Account,Kind\n*,role", "no column “Name pattern”"),
        (HEAD, "no rules below its headings"),
        (f'{HEAD}\n*,role,"shop,,,shop,', "is not CSV"),
        (f"{HEAD}\n" + "x" * MAX_BYTES, "larger than 500 kB"),
    ],
)
def test_a_text_that_is_no_table_of_rules_is_refused(browser: Client, text: str, complaint: str) -> None:
    assertContains(preview(browser, text), complaint, status_code=422)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\xff\xfe" + lines(SHOP).encode("utf-16-le"), "not UTF-8 text"),
        (b"\x00" * 100, "no column"),
        (b"x" * (MAX_BYTES + 1), "larger than 500 kB"),
    ],
)
def test_a_file_that_is_no_table_of_rules_is_refused(browser: Client, content: bytes, complaint: str) -> None:
    answer = browser.post(IMPORT, {"file": SimpleUploadedFile("rules.csv", content), "mode": "add"})
    assertContains(answer, complaint, status_code=422)


def test_too_many_rules_are_refused(browser: Client) -> None:
    rows = [f"*,role,role-{number},,,*," for number in range(MAX_RULES + 1)]
    assertContains(preview(browser, lines(*rows)), "more than 2,000 rules", status_code=422)


def test_a_team_that_was_deleted_since_the_preview_refuses_the_whole_file(browser: Client) -> None:
    answer = preview(browser, lines(SHOP, "*,vpc,main,,,bank,"))
    digest = answer.context["comparison"].digest
    Team.objects.get(name="bank").delete()
    refused = browser.post(IMPORT, {"text": answer.context["text"], "mode": "add", "digest": digest})
    assert refused.status_code == 422
    assert rules() == set()


FORMULAS = ("=1+1", "+1", "-1", "@sum", "'=1", "''+2", "'quoted", "a'b", '"', "a,b;c", "ü <b>")


def test_the_import_of_an_export_is_identity(browser: Client) -> None:
    shop, account = Team.objects.get(name="shop"), Account.objects.get(alias="demo")
    for number, text in enumerate(FORMULAS):
        kind = KINDS[number % len(KINDS)]
        OwnershipRule.objects.create(kind=kind, pattern=text, team=shop, note=text)
        OwnershipRule.objects.create(kind=kind, tag_key=text, tag_value=text, account=account)
    before, text = rules(), exported(browser)
    assert "\n*,=" not in text.replace("\r", "")
    assert counts(preview(browser, text, "replace")) == (0, 0, 0)
    OwnershipRule.objects.all().delete()
    apply(browser, preview(browser, text, "replace"))
    assert rules() == before
    assert exported(browser).splitlines()[0] == text.splitlines()[0]


@given(st.text())
def test_an_exported_cell_is_read_back_and_is_no_formula(text: str) -> None:
    written = str(cell(text))
    assert read_cell(written) == text
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))

"""Visibility of the audit list, the event page and the export."""

import csv
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from ecsdash.access.models import User
from ecsdash.access.permissions import Role
from ecsdash.audit.models import AuditEvent, Outcome
from ecsdash.audit.record import record
from tests.users import ACCOUNT, CLUSTER, FOREIGN_SERVICE, REGION, SERVICE, Users, create_grant


@pytest.fixture
def trail(users: Users) -> dict[str, AuditEvent]:
    def deploy(service: str, account: str = ACCOUNT, **fields: Any) -> AuditEvent:
        return record(
            actor=users.operator, action="deploy", account=account, region=REGION, cluster=CLUSTER, service=service,
            resource_type="service", resource_name=service, **fields,
        )  # fmt: skip

    return {
        "own": deploy(SERVICE, changes=[{"path": "image", "before": "web:1", "after": "web:2"}], reason="fix #7"),
        "foreign": deploy(FOREIGN_SERVICE, outcome=Outcome.FAILED),
        "elsewhere": deploy("other", account="elsewhere"),
        "grant": record(actor=users.admin, action="add_grant", resource_type="team", resource_name="shop"),
    }


def browse(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def read(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize(
    ("person", "sees"),
    [
        ("viewer", {"own", "foreign"}),
        ("deployer", {"own"}),
        ("operator", {"own", "foreign"}),
        ("admin", {"own", "foreign", "elsewhere", "grant"}),
        ("outsider", {"elsewhere"}),
    ],
)
def test_one_sees_events_of_ones_places(
    users: Users, trail: dict[str, AuditEvent], person: str, sees: set[str]
) -> None:
    client = browse(users.named(person))
    text = client.get("/audit/").content.decode()
    assert {name for name, event in trail.items() if f"/audit/{event.seq}/" in text} == sees
    found = {name for name, event in trail.items() if client.get(f"/audit/{event.seq}/").status_code == 200}
    assert found == sees


def test_an_event_shows_before_and_after_and_its_seal(viewer: User, trail: dict[str, AuditEvent]) -> None:
    page = browse(viewer).get(f"/audit/{trail['own'].seq}/")
    for text in ("web:1", "web:2", "fix #7", "operator", "Verified"):
        assertContains(page, text)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("outcome:failed", {"foreign"}),
        ("service:web-front", {"own"}),
        ("actor:operator account:elsewhere", {"elsewhere"}),
        ("action:add_grant", {"grant"}),
        ("#7", {"own"}),
        ("at:20 account:elsewhere", {"elsewhere"}),
        ("at:2001-01-01", set()),
        ("nothing like it", set()),
    ],
)
def test_the_list_is_filtered_by_words(admin: User, trail: dict[str, AuditEvent], words: str, found: set[str]) -> None:
    text = browse(admin).get("/audit/", {"q": words}).content.decode()
    assert {name for name, event in trail.items() if f"/audit/{event.seq}/" in text} == found


def test_the_export_follows_the_filter(admin: User, trail: dict[str, AuditEvent]) -> None:
    answer = browse(admin).get("/audit/export/", {"format": "jsonl", "q": "account:demo", "sort": "seq"})
    events = [json.loads(line) for line in read(answer).splitlines()]
    assert [event["service"] for event in events] == [SERVICE, FOREIGN_SERVICE]
    assert events[0]["changes"] == [{"path": "image", "before": "web:1", "after": "web:2"}]
    assert events[0]["hash"] == trail["own"].hash


def test_the_csv_export_is_safe_to_open(admin: User) -> None:
    record(actor=None, action="x", reason="=cmd()|calc")
    rows = list(csv.DictReader(read(browse(admin).get("/audit/export/", {"format": "csv"})).splitlines()))
    assert "'=cmd()|calc" in [row["reason"] for row in rows]


def test_who_administrates_one_account_exports_that_account(viewer: User, trail: dict[str, AuditEvent]) -> None:
    assert browse(viewer).get("/audit/export/").status_code == 404
    create_grant(Role.ADMIN, "elsewhere", user=viewer)
    rows = list(csv.DictReader(read(browse(viewer).get("/audit/export/")).splitlines()))
    assert [row["account"] for row in rows] == ["elsewhere"]


def test_only_who_may_export_is_offered_it(users: Users, trail: dict[str, AuditEvent]) -> None:
    assertNotContains(browse(users.viewer).get("/audit/"), "/audit/export/")
    assertContains(browse(users.admin).get("/audit/"), "/audit/export/?format=csv")


def test_the_verification_page_says_intact_or_where_not(admin: User, trail: dict[str, AuditEvent]) -> None:
    assertContains(browse(admin).get("/audit/verify/"), "4 events verified, numbers 1 to 4")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER audit_append_only")
        cursor.execute("UPDATE audit_auditevent SET actor_name = 'somebody else' WHERE seq = 2")
    assertContains(browse(admin).get("/audit/verify/"), "event 2 was changed", status_code=409)
    assertContains(browse(admin).get("/audit/2/"), "changed after it was recorded")


def test_what_others_wrote_is_shown_as_text(admin: User) -> None:
    hostile = "<script>alert(1)</script>"
    event = record(
        actor=None, action="x", resource_name=hostile, resource_arn=f'"{hostile}', reason=hostile, account=hostile,
        changes=[{"path": hostile, "before": hostile, "after": hostile}], detail={hostile: hostile},
        request_ids=[hostile], source_ip=hostile,
    )  # fmt: skip
    for address in ("/audit/", f"/audit/{event.seq}/"):
        assertNotContains(browse(admin).get(address), "<script>alert")

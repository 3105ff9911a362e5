"""Audit events are recorded and cannot be changed."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from ecsdash.access.models import User
from ecsdash.audit.models import AppendOnlyError, AuditEvent, Outcome, Phase
from ecsdash.audit.record import record
from ecsdash.audit.verifier import GENESIS
from ecsdash.audit.verify import event_is_sealed, verify

pytestmark = pytest.mark.django_db


def test_an_event_holds_who_what_where_and_why(admin: User) -> None:
    operation = uuid4()
    record(
        actor=admin, action="create_cluster", phase=Phase.OUTCOME, outcome=Outcome.SUCCEEDED, source_ip="192.0.2.1",
        account="demo", region="eu-central-1", cluster="shop", resource_type="cluster", resource_name="shop",
        reason="new shop", operation=operation, request_ids=["r-1"],
        changes=[{"path": "settings", "before": None, "after": "enabled"}],
    )  # fmt: skip
    event = AuditEvent.objects.get()
    assert (event.actor, event.actor_name, event.operation, event.request_ids) == (admin, "admin", operation, ["r-1"])
    assert event.changes == [{"path": "settings", "before": None, "after": "enabled"}]


def test_events_are_numbered_and_each_is_chained_to_the_one_before() -> None:
    first, second = record(actor=None, action="one"), record(actor=None, action="two")
    assert (first.seq, second.seq) == (1, 2)
    assert (first.prev_hash, second.prev_hash) == (GENESIS, first.hash)


def test_what_is_rolled_back_leaves_no_event_and_no_gap() -> None:
    def rolled_back() -> None:
        with transaction.atomic():
            record(actor=None, action="never")
            raise RuntimeError

    record(actor=None, action="one")
    with pytest.raises(RuntimeError):
        rolled_back()
    assert record(actor=None, action="two").seq == 2
    assert verify().intact


@pytest.mark.parametrize(
    "awkward",
    [
        {"float": 1.0, "big": 1e22, "small": 1e-7, "negative zero": -0.0, "nan": float("nan")},
        {"nul": "a\x00b", "surrogate": "\ud800", "emoji": "🐳", "key\x00": 1},
        {"set": {1}, "tuple": (1, 2), "object": Phase.INTENT, 7: "a number as key"},
        {"deep": [{"a": [{"b": None}]}], "true": True},
    ],
)
def test_an_event_is_sealed_as_the_database_gives_it_back(awkward: dict[Any, Any]) -> None:
    record(actor=None, action="x", detail=awkward, reason="nul \x00 and \ud800")
    assert event_is_sealed(AuditEvent.objects.get())
    assert verify().intact


@pytest.mark.parametrize("statement", ["UPDATE audit_auditevent SET action = 'x'", "DELETE FROM audit_auditevent"])
def test_the_database_refuses_to_change_an_event(statement: str) -> None:
    record(actor=None, action="one")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_event_has_a_stable_code_and_the_name_of_its_key() -> None:
    event = record(actor=None, action="sign_in")
    assert (event.code, event.code_version, event.scheme, event.key_id) == ("user.sign_in", 1, 2, "derived")


def test_the_model_refuses_to_change_an_event() -> None:
    event = record(actor=None, action="one")
    with pytest.raises(AppendOnlyError):
        event.save()
    with pytest.raises(AppendOnlyError):
        event.delete()
    with pytest.raises(AppendOnlyError):
        AuditEvent.objects.update(action="x")
    with pytest.raises(AppendOnlyError):
        AuditEvent.objects.all().delete()


def test_secrets_are_masked_before_they_are_written() -> None:
    record(
        actor=None,
        action="register_task_definition",
        changes=[{"path": "containerDefinitions[0].environment[DB_PASSWORD]", "before": "hunter1", "after": "hunter2"}],
        detail={"environment": [{"name": "API_TOKEN", "value": "hunter3"}], "url": "mysql://root:hunter4@db/x"},
        reason="set password=hunter5",
    )
    event = AuditEvent.objects.get()
    assert "hunter" not in f"{event.changes} {event.detail} {event.reason}"

"""Tampering by the owner of the database is detected."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ecsdash.audit.chain import SEALED, seal
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.record import record
from ecsdash.audit.verify import verify

pytestmark = pytest.mark.django_db

COPY = ", ".join(str(field.column) for field in AuditEvent._meta.fields if field.name not in ("id", "seq"))
TABLE = "audit_auditevent"


@pytest.fixture
def chain() -> list[str]:
    """Thirty events, with the append-only trigger disabled."""
    hashes = [record(actor=None, action=f"action_{number}").hash for number in range(1, 31)]
    sql("SET CONSTRAINTS ALL IMMEDIATE", f"ALTER TABLE {TABLE} DISABLE TRIGGER audit_append_only")
    return hashes


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def edit() -> None:
    sql(f"UPDATE {TABLE} SET action = 'innocent' WHERE seq = 12")


def edit_a_json_field() -> None:
    sql(f"""UPDATE {TABLE} SET changes = '[{{"path": "x"}}]' WHERE seq = 12""")


def edit_and_seal_again() -> None:
    edit()
    event = AuditEvent.objects.get(seq=12)
    sql(f"UPDATE {TABLE} SET hash = '{seal(getattr(event, name) for name in SEALED)}' WHERE seq = 12")


def delete() -> None:
    sql(f"DELETE FROM {TABLE} WHERE seq = 12")


def insert_in_between() -> None:
    sql(
        f"UPDATE {TABLE} SET seq = seq + 1000 WHERE seq >= 12",
        f"UPDATE {TABLE} SET seq = seq - 999 WHERE seq >= 1000",
        f"INSERT INTO {TABLE} (seq, {COPY}) SELECT 12, {COPY} FROM {TABLE} WHERE seq = 11",
        "UPDATE audit_chainhead SET count = count + 1",
    )


def insert_at_the_end() -> None:
    sql(f"INSERT INTO {TABLE} (seq, {COPY}) SELECT 31, {COPY} FROM {TABLE} WHERE seq = 30")


def reorder() -> None:
    sql(
        f"UPDATE {TABLE} SET seq = 1012 WHERE seq = 12",
        f"UPDATE {TABLE} SET seq = 12 WHERE seq = 13",
        f"UPDATE {TABLE} SET seq = 13 WHERE seq = 1012",
    )


def truncate() -> None:
    sql(f"DELETE FROM {TABLE} WHERE seq > 20")


def truncate_wholly() -> None:
    sql(f"DELETE FROM {TABLE}")


def truncate_with_its_count() -> None:
    sql(f"DELETE FROM {TABLE} WHERE seq > 20", "UPDATE audit_chainhead SET count = 20")


def lose_the_head() -> None:
    sql("DELETE FROM audit_chainhead")


def test_an_untouched_chain_is_intact(chain: list[str]) -> None:
    report = verify()
    assert (report.intact, report.checked, report.last_hash) == (True, 30, chain[-1])


def test_an_empty_chain_is_intact() -> None:
    assert verify().intact


@pytest.mark.parametrize(
    ("tamper", "seq", "kind"),
    [
        (edit, 12, "edited"),
        (edit_a_json_field, 12, "edited"),
        (edit_and_seal_again, 13, "relinked"),
        (delete, 12, "deleted"),
        (insert_in_between, 12, "moved"),
        (insert_at_the_end, 31, "inserted"),
        (reorder, 12, "moved"),
        (truncate, 21, "truncated"),
        (truncate_wholly, 1, "truncated"),
        (truncate_with_its_count, 20, "head"),
        (lose_the_head, 1, "inserted"),
    ],
)
def test_tampering_is_found_where_it_was_done(
    chain: list[str], tamper: Callable[[], None], seq: int, kind: str
) -> None:
    tamper()
    found = verify().findings[0]
    assert (found.seq, found.kind) == (seq, kind)


def test_a_chain_rewritten_with_its_head_differs_from_the_log(chain: list[str]) -> None:
    truncate_with_its_count()
    sql(f"UPDATE audit_chainhead SET last_hash = '{chain[19]}'")
    assert verify().intact
    assert [finding.kind for finding in verify(anchors={25: chain[24]}).findings] == ["anchor"]
    assert [finding.kind for finding in verify(anchors={5: "another"}).findings] == ["anchor"]


def test_the_newest_events_can_be_checked_alone(chain: list[str]) -> None:
    edit()
    assert verify(first=14).intact
    assert not verify(first=12).intact


def test_the_command_says_where_the_trail_was_touched(chain: list[str]) -> None:
    edit()
    errors = StringIO()
    with pytest.raises(CommandError, match="event 12"):
        call_command("audit_verify", stderr=errors)
    assert "12: edited" in errors.getvalue()


def test_the_command_compares_with_the_log(chain: list[str]) -> None:
    said = StringIO()
    call_command("audit_verify", "--anchor", f"1:{chain[0]}", stdout=said)
    assert "30 events, intact" in said.getvalue()
    with pytest.raises(CommandError):
        call_command("audit_verify", "--anchor", "1:another", stderr=StringIO())
    with pytest.raises(CommandError, match="SEQ:HASH"):
        call_command("audit_verify", "--anchor", "nonsense")

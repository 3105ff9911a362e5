"""What the owner of the database can do to the audit trail: everything, but without the key of the MACs.

Each function changes event `at` or, where it is about the end, the events up to number `last`."""

from collections.abc import Callable
from typing import Any, Final

from django.db import connection

from ecsdash.audit import verify
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.verifier import event_mac, seal

TABLE: Final = "audit_auditevent"
COPIED: Final = ", ".join(str(field.column) for field in AuditEvent._meta.fields if field.name not in ("id", "seq"))
#: A checkpoint of the database is no obstacle: only those outside it are.
NO_CHECKPOINTS: Final = "DELETE FROM audit_checkpoint"


def own_the_tables() -> None:
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table in (TABLE, "audit_checkpoint"):
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def edit(at: int, last: int) -> None:
    sql(f"UPDATE {TABLE} SET action = 'innocent' WHERE seq = {at}")


def edit_a_json_field(at: int, last: int) -> None:
    sql(f"""UPDATE {TABLE} SET changes = '[{{"path": "x"}}]' WHERE seq = {at}""")


def edit_and_seal_again(at: int, last: int) -> None:
    edit(at, last)
    event = next(verify.rows(at))
    sql(f"UPDATE {TABLE} SET hash = '{seal(event)}' WHERE seq = {at}")


def delete(at: int, last: int) -> None:
    sql(f"DELETE FROM {TABLE} WHERE seq = {at}")


def insert_in_between(at: int, last: int) -> None:
    sql(
        f"UPDATE {TABLE} SET seq = seq + 2 * {last} WHERE seq >= {at}",
        f"UPDATE {TABLE} SET seq = seq - 2 * {last} + 1 WHERE seq >= 2 * {last}",
        f"INSERT INTO {TABLE} (seq, {COPIED}) SELECT {at}, {COPIED} FROM {TABLE} WHERE seq = {at} - 1",
    )


def insert_at_the_end(at: int, last: int) -> None:
    sql(f"INSERT INTO {TABLE} (seq, {COPIED}) SELECT {last} + 1, {COPIED} FROM {TABLE} WHERE seq = {last}")


def reorder(at: int, last: int) -> None:
    sql(
        f"UPDATE {TABLE} SET seq = 2 * {last} WHERE seq = {at}",
        f"UPDATE {TABLE} SET seq = {at} WHERE seq = {at} + 1",
        f"UPDATE {TABLE} SET seq = {at} + 1 WHERE seq = 2 * {last}",
    )


def truncate(at: int, last: int) -> None:
    sql(f"DELETE FROM {TABLE} WHERE seq > {last} - 10", NO_CHECKPOINTS)


def empty(at: int, last: int) -> None:
    sql(f"DELETE FROM {TABLE}", NO_CHECKPOINTS)


def hash_everything_again(at: int, last: int) -> None:
    """Change an event and make the chain consistent from it on."""
    edit(at, last)
    _rewrite({})


def hash_everything_again_without_macs(at: int, last: int) -> None:
    """Pretend that no event ever had a MAC."""
    edit(at, last)
    _rewrite({"scheme": 1, "key_id": "", "mac": ""})


def hash_everything_again_with_another_key(at: int, last: int) -> None:
    edit(at, last)
    _rewrite({"key_id": "mine"}, key=b"a key that the product does not know")


def replace_the_head(at: int, last: int) -> None:
    """Replace the last event by one that follows correctly."""
    sql(f"UPDATE {TABLE} SET action = 'innocent', actor_name = 'nobody' WHERE seq = {last}", NO_CHECKPOINTS)
    sql(f"UPDATE {TABLE} SET hash = '{seal(next(verify.rows(last)))}' WHERE seq = {last}")


def _rewrite(values: dict[str, Any], *, key: bytes = b"") -> None:
    sql(NO_CHECKPOINTS)
    before, rewritten = "", []
    for event in verify.rows():
        event |= {"prev_hash": before or event["prev_hash"], **values}
        event["hash"] = before = seal(event)
        if key:
            event["mac"] = event_mac(key, event)
        rewritten.append([event[name] for name in ("scheme", "key_id", "prev_hash", "hash", "mac", "seq")])
    with connection.cursor() as cursor:
        columns = "scheme = %s, key_id = %s, prev_hash = %s, hash = %s, mac = %s"
        cursor.executemany(f"UPDATE {TABLE} SET {columns} WHERE seq = %s", rewritten)


Tampering = Callable[[int, int], None]
#: What quality asks to be found, each by one of its ways.
EIGHT: Final[dict[str, Tampering]] = {
    "one edited": edit,
    "one deleted": delete,
    "one inserted": insert_in_between,
    "two reordered": reorder,
    "the last ten truncated": truncate,
    "everything hashed again": hash_everything_again,
    "emptied": empty,
    "the last one replaced": replace_the_head,
}

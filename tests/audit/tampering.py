"""What the owner of the database can do to the audit trail: everything, but without the key of the MACs."""

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


def edit() -> None:
    sql(f"UPDATE {TABLE} SET action = 'innocent' WHERE seq = 12")


def edit_a_json_field() -> None:
    sql(f"""UPDATE {TABLE} SET changes = '[{{"path": "x"}}]' WHERE seq = 12""")


def edit_and_seal_again() -> None:
    edit()
    event = next(verify.rows(12))
    sql(f"UPDATE {TABLE} SET hash = '{seal(event)}' WHERE seq = 12")


def delete() -> None:
    sql(f"DELETE FROM {TABLE} WHERE seq = 12")


def insert_in_between() -> None:
    sql(
        f"UPDATE {TABLE} SET seq = seq + 1000 WHERE seq >= 12",
        f"UPDATE {TABLE} SET seq = seq - 999 WHERE seq >= 1000",
        f"INSERT INTO {TABLE} (seq, {COPIED}) SELECT 12, {COPIED} FROM {TABLE} WHERE seq = 11",
    )


def insert_at_the_end() -> None:
    sql(f"INSERT INTO {TABLE} (seq, {COPIED}) SELECT 31, {COPIED} FROM {TABLE} WHERE seq = 30")


def reorder() -> None:
    sql(
        f"UPDATE {TABLE} SET seq = 1012 WHERE seq = 12",
        f"UPDATE {TABLE} SET seq = 12 WHERE seq = 13",
        f"UPDATE {TABLE} SET seq = 13 WHERE seq = 1012",
    )


def truncate() -> None:
    sql(f"DELETE FROM {TABLE} WHERE seq > 20", NO_CHECKPOINTS)


def empty() -> None:
    sql(f"DELETE FROM {TABLE}", NO_CHECKPOINTS)


def hash_everything_again() -> None:
    """Change an event and make the chain consistent from it on."""
    edit()
    _rewrite({})


def hash_everything_again_without_macs() -> None:
    """Pretend that no event ever had a MAC."""
    edit()
    _rewrite({"scheme": 1, "key_id": "", "mac": ""})


def hash_everything_again_with_another_key() -> None:
    edit()
    _rewrite({"key_id": "mine"}, key=b"a key that the product does not know")


def replace_the_head() -> None:
    """Replace the last event by one that follows correctly."""
    sql(f"UPDATE {TABLE} SET action = 'innocent', actor_name = 'nobody' WHERE seq = 30", NO_CHECKPOINTS)
    sql(f"UPDATE {TABLE} SET hash = '{seal(next(verify.rows(30)))}' WHERE seq = 30")


def _rewrite(values: dict[str, Any], *, key: bytes = b"") -> None:
    sql(NO_CHECKPOINTS)
    before = ""
    for event in list(verify.rows()):
        event |= {"prev_hash": before or event["prev_hash"], **values}
        event["hash"] = before = seal(event)
        if key:
            event["mac"] = event_mac(key, event)
        _store(event, "scheme", "key_id", "prev_hash", "hash", "mac")


def _store(event: dict[str, Any], *names: str) -> None:
    with connection.cursor() as cursor:
        columns = ", ".join(f"{name} = %s" for name in names)
        cursor.execute(f"UPDATE {TABLE} SET {columns} WHERE seq = %s", [*(event[n] for n in names), event["seq"]])


#: Each with the number and the kind of the first finding.
TAMPERINGS: Final[list[tuple[Callable[[], None], int, str]]] = [
    (edit, 12, "edited"),
    (edit_a_json_field, 12, "edited"),
    (edit_and_seal_again, 12, "forged"),
    (delete, 12, "deleted"),
    (insert_in_between, 12, "moved"),
    (insert_at_the_end, 31, "moved"),
    (reorder, 12, "moved"),
    (truncate, 21, "truncated"),
    (empty, 1, "truncated"),
    (hash_everything_again, 12, "forged"),
    (hash_everything_again_without_macs, 15, "checkpoint"),
    (hash_everything_again_with_another_key, 1, "forged"),
    (replace_the_head, 30, "forged"),
]

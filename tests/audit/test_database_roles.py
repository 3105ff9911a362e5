"""The product's own database role can add to the audit trail and do nothing else to it; PostgreSQL refuses the rest."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from tests import databases, environment
from tests.audit.roles import OWNER, RUNTIME, Database

EVENTS, CHECKPOINTS = "audit_auditevent", "audit_checkpoint"
RECORD = "from ecsdash.audit.record import record; print(record(actor=None, action='sign_in').seq)"
NEXT_EVENT = """
INSERT INTO audit_auditevent (scheme, seq, at, actor_name, source_ip, action, phase, outcome, account, region, cluster,
  service, resource_type, resource_arn, resource_name, reason, changes, detail, request_ids, code, code_version, key_id,
  prev_hash, hash, mac)
SELECT 2, {seq}, now(), 'x', '', 'x', 'change', '', '', '', '', '', '', '', '', '', '[]', '{{}}', '[]', 'x', 1, 'k2',
  {prev_hash}, repeat('a', 64), repeat('b', 64) FROM audit_auditevent ORDER BY seq DESC LIMIT 1
"""


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """An installation whose tables belonged to another role, as before this product had two."""
    made = Database(f"audit_roles_{environment.PROCESS}")
    databases.copy(made.name)
    made.set_up()
    made.shell("\n".join([RECORD, "from ecsdash.audit import checkpoints; assert checkpoints.take()"]))
    yield made
    with databases.server() as server:
        server.execute(f"DROP DATABASE {made.name} WITH (FORCE)")
        server.execute(f"DROP ROLE {RUNTIME}")
        server.execute(f"DROP ROLE {OWNER}")


@pytest.fixture
def runtime(database: Database) -> Iterator[psycopg.Connection]:
    with database.connect(RUNTIME) as connection:
        yield connection


FORBIDDEN = [
    *(
        statement.format(table=table)
        for table in (EVENTS, CHECKPOINTS)
        for statement in (
            "UPDATE {table} SET key_id = 'x'",
            "UPDATE {table} SET mac = mac WHERE false",
            "DELETE FROM {table}",
            "TRUNCATE {table}",
            "TRUNCATE {table} CASCADE",
            "ALTER TABLE {table} DISABLE TRIGGER ALL",
            "ALTER TABLE {table} DISABLE TRIGGER audit_append_only",
            "DROP TRIGGER audit_append_only ON {table}",
            "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION audit_is_append_only()",
            "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
            "ALTER TABLE {table} OWNER TO CURRENT_USER",
            "ALTER TABLE {table} RENAME TO mine",
            "ALTER TABLE {table} ADD COLUMN mine int",
            "DROP TABLE {table} CASCADE",
            "SELECT * FROM {table} FOR UPDATE",
            "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
            "CREATE INDEX mine ON {table} (key_id)",
        )
    ),
    f"MERGE INTO {EVENTS} e USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    f"INSERT INTO {EVENTS} (seq) VALUES (1) ON CONFLICT (seq) DO UPDATE SET action = 'x'",
    "DROP FUNCTION audit_is_append_only() CASCADE",
    "ALTER FUNCTION audit_follows() OWNER TO CURRENT_USER",
    "CREATE OR REPLACE FUNCTION audit_follows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SET session_replication_role = replica",
    "SET allow_system_table_mods = on",
    "SET ROLE OWNER_",
    "SET SESSION AUTHORIZATION OWNER_",
    "REASSIGN OWNED BY OWNER_ TO CURRENT_USER",
    "ALTER ROLE OWNER_ PASSWORD 'x'",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "CREATE TABLE public.mine (id int)",
    f"CREATE TEMPORARY TABLE {EVENTS} (seq bigint)",
    "CREATE SCHEMA mine",
    "DELETE FROM django_migrations",
    f"UPDATE pg_class SET relowner = 10 WHERE relname = '{EVENTS}'",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_refuses(runtime: psycopg.Connection, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege), runtime.transaction():
        runtime.execute(statement.replace("OWNER_", OWNER))


@pytest.mark.parametrize(
    ("seq", "prev_hash"),
    [
        ("seq", "prev_hash"),  # in the place of the last one
        ("seq + 2", "hash"),  # with a gap
        ("9223372036854775807", "hash"),  # so that nothing could follow
        ("seq + 1", "prev_hash"),  # beside the chain
        ("0", "hash"),
    ],
)
def test_an_event_must_follow_the_last_one(runtime: psycopg.Connection, seq: str, prev_hash: str) -> None:
    with pytest.raises(errors.RaiseException, match="must follow the last one"):
        runtime.execute(NEXT_EVENT.format(seq=seq, prev_hash=prev_hash))


def test_the_product_adds_and_reads_events_and_writes_everything_else(
    database: Database, runtime: psycopg.Connection
) -> None:
    before = last_number(runtime)
    assert database.shell(RECORD) == f"{before + 2}\n"  # the shell itself is an event
    tables = {name for (name,) in runtime.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert len(tables) > 20
    for table in tables - {EVENTS, CHECKPOINTS, "django_migrations"}:
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            assert runtime.execute("SELECT has_table_privilege(%s, %s)", [table, right]).fetchone() == (True,), table


def last_number(connection: psycopg.Connection) -> int:
    row = connection.execute(f"SELECT max(seq) FROM {EVENTS}").fetchone()
    assert row
    return int(row[0])


def test_an_event_that_was_not_signed_by_the_product_is_found(database: Database, runtime: psycopg.Connection) -> None:
    """All that the runtime role can do without the key: add at the end what does not verify."""
    seq = last_number(runtime) + 1
    with runtime.transaction(force_rollback=True):
        runtime.execute(NEXT_EVENT.format(seq="seq + 1", prev_hash="hash"))
        assert last_number(runtime) == seq


def test_what_a_later_migration_makes_is_writable_and_the_trail_stays_protected(database: Database) -> None:
    with database.connect(OWNER) as owner, database.connect(RUNTIME) as runtime:
        owner.execute("CREATE TABLE later (id bigserial PRIMARY KEY)")
        runtime.execute("INSERT INTO later DEFAULT VALUES")
        runtime.execute("UPDATE later SET id = 7")
        owner.execute("DROP TABLE later")
        owner.execute(f"GRANT UPDATE ON {EVENTS} TO {RUNTIME}")
    assert "can add to the audit trail but not change it" in database.set_up()
    with database.connect(RUNTIME) as runtime, pytest.raises(errors.InsufficientPrivilege):
        runtime.execute(f"UPDATE {EVENTS} SET action = 'x'")


def test_everything_belongs_to_the_owner(database: Database) -> None:
    with database.connect() as connection:
        strangers = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner <> %s", [OWNER]
        ).fetchall()
    assert strangers == []


WARN = "from ecsdash.web import health; print(health.warnings().get('audit_role'))"


def test_readyz_warns_when_the_role_can_change_events(database: Database) -> None:
    assert database.shell(WARN) == "None\n"
    with database.connect(OWNER) as owner:
        owner.execute(f"GRANT DELETE ON {EVENTS} TO {RUNTIME}")
        owner.execute(f"ALTER TABLE {CHECKPOINTS} DISABLE TRIGGER audit_append_only")
    try:
        warning = database.shell(WARN)
    finally:
        with database.connect(OWNER) as owner:
            owner.execute(f"ALTER TABLE {CHECKPOINTS} ENABLE TRIGGER audit_append_only")
        database.set_up()
    assert f"may change rows of {EVENTS}" in warning
    assert f"triggers of {CHECKPOINTS} are disabled" in warning

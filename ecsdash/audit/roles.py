"""The two database roles of PostgreSQL: an owner that migrates, and the product's own, which can only add to the audit
trail. SQLite has no roles: whoever runs the demo can change its file."""

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection
from psycopg import sql

from ecsdash.audit.models import APPEND_ONLY

TABLES: Final = tuple(model._meta.db_table for model in APPEND_ONLY)
CHANGES: Final = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
_GRANTEES: Final = """
SELECT DISTINCT CASE grantee WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(grantee)) END
FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = %s::regclass AND grantee <> relowner
"""
_WEAKNESSES: Final = """
SELECT relname,
       pg_has_role(current_user, relowner, 'MEMBER'),
       has_table_privilege(current_user, pg_class.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
         OR has_any_column_privilege(current_user, pg_class.oid, 'UPDATE'),
       EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal AND tgenabled <> 'O')
FROM pg_class WHERE pg_class.oid = ANY(%s::regclass[]) ORDER BY relname
"""


def weaknesses() -> list[str]:
    """Return why the database does not protect the audit trail from the product's own role; empty when it does.

    The texts name tables only. SQLite gives none, because it has no roles.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_WEAKNESSES, [list(TABLES)])
        return [text for row in cursor.fetchall() for text in _texts(*row)]


def _texts(table: str, owns: bool, changes: bool, disabled: bool) -> Iterable[str]:
    if owns:
        yield f"the product's database role owns {table}"
    elif changes:
        yield f"the product's database role may change rows of {table}"
    if disabled:
        yield f"triggers of {table} are disabled"


def protect() -> None:
    """Take every privilege but SELECT and INSERT on the append-only tables from all roles except their owner.

    It runs after each migration, as the role that migrates, so a table of a later migration is protected too.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(_GRANTEES, [table])
            for (grantee,) in cursor.fetchall():
                cursor.execute(f"REVOKE {', '.join(CHANGES)}, REFERENCES ON {table} FROM {grantee}")


def role_statements(name: str, password: str, *, exists: bool) -> list[sql.Composed]:
    """Return what makes a role that can sign in and has no other power. An existing role gets this password."""
    verb = sql.SQL("ALTER" if exists else "CREATE")
    powers = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT")
    secret = sql.SQL(" PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("")
    return [sql.SQL("{} ROLE {} {}{}").format(verb, sql.Identifier(name), powers, secret)]


def database_statements(database: str, schema: str, owner: str, runtime: str) -> list[sql.Composed]:
    """Return what gives the owner its schema and leaves nobody else a place to create objects in. The extension comes
    first: only a role with more power than the owner may create it in some installations."""
    names = {
        "database": sql.Identifier(database),
        "schema": sql.Identifier(schema),
        "owner": sql.Identifier(owner),
        "runtime": sql.Identifier(runtime),
    }
    texts = (
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC",
        "REVOKE ALL ON DATABASE {database} FROM {runtime}",
        "GRANT CONNECT, CREATE ON DATABASE {database} TO {owner}",
        "GRANT CONNECT ON DATABASE {database} TO {runtime}",
        "REVOKE ALL ON SCHEMA {schema} FROM PUBLIC, {runtime}",
        "GRANT USAGE, CREATE ON SCHEMA {schema} TO {owner}",
        "GRANT USAGE ON SCHEMA {schema} TO {runtime}",
    )
    return [sql.SQL(text).format(**names) for text in texts]


def grant_statements(schema: str, owner: str, runtime: str) -> list[sql.Composed]:
    """Return what the owner grants to the runtime role: to write every table, but the list of migrations and the
    audit trail. Tables of later migrations are granted by default privileges."""
    names = {"schema": sql.Identifier(schema), "owner": sql.Identifier(owner), "runtime": sql.Identifier(runtime)}
    texts = [
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {runtime}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {runtime}",
        "REVOKE INSERT, UPDATE, DELETE ON {schema}.django_migrations FROM {runtime}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} "
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {runtime}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {runtime}",
    ]
    texts += [f"REVOKE {', '.join(CHANGES)}, REFERENCES ON {{schema}}.{table} FROM {{runtime}}" for table in TABLES]
    return [sql.SQL(text).format(**names) for text in texts]


OWNERLESS: Final = """
SELECT format('ALTER %%s %%s OWNER TO ', CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END,
              pg_class.oid::regclass)
FROM pg_class WHERE relnamespace = %(schema)s::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
  AND pg_get_userbyid(relowner) <> %(owner)s
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('a', 'i', 'e')
                  AND classid = 'pg_class'::regclass)
UNION ALL
SELECT format('ALTER FUNCTION %%s OWNER TO ', pg_proc.oid::regprocedure)
FROM pg_proc WHERE pronamespace = %(schema)s::regnamespace AND pg_get_userbyid(proowner) <> %(owner)s
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


def hand_over(cursor: Any, schema: str, owner: str) -> int:
    """Give tables, sequences and functions of an older installation to the owner. Return how many there were."""
    statements = cursor.execute(OWNERLESS, {"schema": schema, "owner": owner}).fetchall()
    for (statement,) in statements:
        cursor.execute(sql.SQL(statement) + sql.Identifier(owner))
    return len(statements)

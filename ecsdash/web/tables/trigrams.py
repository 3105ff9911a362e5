"""Trigram indexes for `icontains`, which Django writes as UPPER(column) LIKE UPPER(...). Used by migrations; PostgreSQL
only."""

from collections.abc import Sequence
from typing import Any

from django.db import NotSupportedError, OperationalError, ProgrammingError, migrations, transaction

MISSING = (
    "The database's user may not create the extension pg_trgm, which filters and searches need. Let an administrator "
    'of the database run "CREATE EXTENSION pg_trgm" in it, then migrate again.'
)


def index(name: str, table: str, columns: Sequence[str]) -> migrations.RunPython:
    """Return the migration operation that creates one index for searches in any of these columns."""

    def create(apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            _create_extension(editor)
            parts = ", ".join(f"UPPER({column}) gin_trgm_ops" for column in columns)
            editor.execute(f"CREATE INDEX {name} ON {table} USING gin ({parts})")

    def drop(apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP INDEX IF EXISTS {name}")

    return migrations.RunPython(create, drop)


def _create_extension(editor: Any) -> None:
    try:
        with transaction.atomic(using=editor.connection.alias):
            editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except (ProgrammingError, NotSupportedError, OperationalError) as error:
        raise RuntimeError(MISSING) from error

"""Write the database into an archive: all tables as of one moment, while the product runs.

Sessions are left out: everybody signs in again after a restore.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from psycopg import sql

from ecsdash.access.models import UserSession
from ecsdash.operating.backup.archive import Manifest, Table, write_manifest

_COLUMNS: Final = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""


def write(target: IO[bytes]) -> Manifest:
    """Write the archive, in one transaction that sees nothing of later changes."""
    with transaction.atomic(), connection.cursor() as cursor, ZipFile(target, "w", ZIP_DEFLATED) as archive:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        migrations = tuple(sorted(MigrationRecorder(connection).applied_migrations()))
        names = sorted({model._meta.db_table for model in stored_models(migrations)})
        tables = tuple(_dump(cursor, archive, name) for name in names)
        manifest = Manifest(timezone.now().isoformat(), migrations, tables)
        write_manifest(archive, manifest)
    return manifest


def stored_models(migrations: Iterable[tuple[str, str]]) -> list[type[models.Model]]:
    """Return the models whose tables are in a backup: those of the apps that were migrated."""
    migrated = {app for app, _ in migrations}
    every = (each for each in apps.get_models(include_auto_created=True) if each._meta.app_label in migrated)
    return [each for each in every if each._meta.managed and each not in (Session, UserSession)]


def _dump(cursor: Any, archive: ZipFile, name: str) -> Table:
    """Copy the rows in the order of their keys: an audit event is accepted only after the one before it."""
    cursor.execute(_COLUMNS, [name])
    columns = tuple(column for (column,) in cursor.fetchall())
    keys = connection.introspection.get_primary_key_columns(cursor, name) or columns
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        identifiers(columns), sql.Identifier(name), identifiers(keys)
    )
    digest = sha256()
    with archive.open(f"tables/{name}", "w", force_zip64=True) as member, cursor.copy(query) as rows:
        for chunk in rows:
            digest.update(chunk)
            member.write(chunk)
    return Table(name, columns, cursor.rowcount, digest.hexdigest())


def identifiers(names: Any) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))

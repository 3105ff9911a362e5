"""Load an archive into an empty database, and have its operations and inventory meet AWS again."""

from collections.abc import Iterator
from typing import Any, Final
from zipfile import ZipFile

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import F
from django.db.models.functions import Now
from psycopg import sql

from ecsdash.access.models import User
from ecsdash.audit.models import APPEND_ONLY, AuditEvent, SinkProgress
from ecsdash.inventory.models import Account, ChangeCounter, SweepState
from ecsdash.operating.backup.archive import Manifest, Table, UnusableBackup, chunks, read_manifest
from ecsdash.operating.backup.dump import identifiers, stored_models
from ecsdash.operations.models import Operation
from ecsdash.operations.states import ACTIVE

#: A restored database must have no rows of these.
MUST_BE_EMPTY: Final[tuple[type[models.Model], ...]] = (AuditEvent, User, Account, Operation)
#: Change counters are moved on by this, so that no browser takes a restored page for the one that it shows.
COUNTERS_MOVED: Final = 1_000_000


def load(archive: ZipFile) -> Manifest:
    """Load the archive, all or nothing. Raise UnusableBackup."""
    manifest = read_manifest(archive)
    _migrate_to(manifest)
    with transaction.atomic(), connection.cursor() as cursor:
        _check_empty()
        kept = {model._meta.db_table for model in APPEND_ONLY}
        for table in manifest.tables:
            if table.name not in kept:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table.name)}")  # noqa: S608 what migrations wrote
        for table in manifest.tables:
            _load(cursor, archive, table)
        for statement in connection.ops.sequence_reset_sql(no_style(), stored_models(manifest.migrations)):
            cursor.execute(statement)
        _reconcile()
    return manifest


def _migrate_to(manifest: Manifest) -> None:
    """Make the tables as they were when the backup was made. Raise UnusableBackup if this version cannot."""
    loader = MigrationLoader(connection, replace_migrations=False)
    wanted = {key for key in manifest.migrations if key[0] in loader.migrated_apps}
    if unknown := wanted - set(loader.disk_migrations):
        app, name = min(unknown)
        raise UnusableBackup(f"it was made by a newer version, which has the migration {app}.{name}")
    wanted, applied = _single(loader, wanted), _single(loader, set(loader.applied_migrations))
    if applied == wanted:
        return
    if applied:
        raise UnusableBackup("the database has tables of another version: create a new, empty one")
    executor = MigrationExecutor(connection)
    if wanted == _single(loader, set(loader.disk_migrations)):  # of this version
        executor.migrate(executor.loader.graph.leaf_nodes())
        return
    executor.loader = loader
    executor.migrate([key for key in wanted if not any(child in wanted for child in _children(loader, key))])


def _single(loader: MigrationLoader, keys: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the keys without those of migrations that stand for several others."""
    return {key for key in keys if key in loader.disk_migrations and not loader.disk_migrations[key].replaces}


def _children(loader: MigrationLoader, key: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the migrations of the same app that follow."""
    return (child.key for child in loader.graph.node_map[key].children if child.key[0] == key[0])


def _check_empty() -> None:
    for model in MUST_BE_EMPTY:
        if model._default_manager.exists():
            raise UnusableBackup(f"the database has {model._meta.verbose_name_plural} already: create a new, empty one")


def _load(cursor: Any, archive: ZipFile, table: Table) -> None:
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), identifiers(table.columns))
    with cursor.copy(query) as rows:
        for chunk in chunks(archive, table):
            rows.write(chunk)
    if cursor.rowcount != table.rows:
        raise UnusableBackup(f"{table.name} has {cursor.rowcount} rows instead of {table.rows}")


def _reconcile() -> None:
    """Leave to workers what the backup cannot know: operations in progress are taken over, and look for the effect of
    a call that was on its way; everything is scanned again."""
    Operation.objects.filter(state__in=ACTIVE).update(lease_until=None, next_check_at=None)
    SweepState.objects.update(
        claimed_until=None, requested_at=Now(), run_started_at=None, clusters_done=[], fence=F("fence") + 1
    )
    SinkProgress.objects.update(claimed_until=None)
    ChangeCounter.objects.update(value=F("value") + COUNTERS_MOVED)

"""Load an archive into an empty database, and have its operations and inventory meet AWS again."""

from typing import Any, Final
from zipfile import ZipFile

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
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
    executor = MigrationExecutor(connection)
    wanted = {key for key in manifest.migrations if key[0] in executor.loader.migrated_apps}
    if unknown := wanted - set(executor.loader.graph.nodes):
        app, name = min(unknown)
        raise UnusableBackup(f"it was made by a newer version, which has the migration {app}.{name}")
    applied = set(executor.loader.applied_migrations)
    if applied == wanted:
        return
    if applied:
        raise UnusableBackup("the database has tables of another version: create a new, empty one")
    leaves = [key for key in wanted if not any(child.key in wanted for child in _children(executor, key))]
    executor.migrate(leaves)


def _children(executor: MigrationExecutor, key: tuple[str, str]) -> Any:
    """Return the migrations of the same app that follow."""
    return (child for child in executor.loader.graph.node_map[key].children if child.key[0] == key[0])


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

"""The event of a migration."""

from typing import Any

from django.db import connection

from ecsdash.audit.models import AuditEvent
from ecsdash.audit.record import record


def record_migration(plan: list[tuple[Any, bool]]) -> None:
    """Record what was migrated: (migration, whether backwards). The first one makes the trail and is not in it, and
    one that takes the trail back to an older form cannot be."""
    if not plan or not _has_every_column() or not AuditEvent.objects.exists():
        return
    names = [f"{migration}{' (reversed)' if backwards else ''}" for migration, backwards in plan]
    record(actor=None, action="migrate", detail={"migrations": names})


def _has_every_column() -> bool:
    """Whether the tables of the trail are those of this version."""
    with connection.cursor() as cursor:
        if AuditEvent._meta.db_table not in connection.introspection.table_names(cursor):
            return False
        found = connection.introspection.get_table_description(cursor, AuditEvent._meta.db_table)
    return {field.column for field in AuditEvent._meta.local_concrete_fields} <= {column.name for column in found}

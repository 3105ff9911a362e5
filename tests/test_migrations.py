"""Migrations since the last release are safe while the release before still runs: its queries, which name the columns
that it knows, work on the new schema.

With the next release, LAST_RELEASE moves on to the newest migration of each app. What a release no longer reads may be
removed in the one after it; such a migration, and one whose change of a column does no harm, is named in JUDGED.
"""

from typing import Final

import pytest
from django.db.migrations import operations as of
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.models import Field
from django.db.models.fields import NOT_PROVIDED

#: The newest migration of each app in release 0.1.0.
LAST_RELEASE: Final = {
    "access": "0005_ownership",
    "audit": "0004_keys_and_checkpoints",
    "clusters": "0003_container_instance_events",
    "external_changes": "0001_initial",
    "inventory": "0008_reader_and_writer_roles",
    "operations": "0004_encrypted_plans",
    "services": "0011_scaling",
}
#: (app, migration) -> why the release before works after it nevertheless.
JUDGED: Final[dict[tuple[str, str], str]] = {}
#: What the release before cannot notice. Of added columns, it is judged whether rows can be written without them.
HARMLESS: Final = (
    of.CreateModel, of.AddIndex, of.RemoveIndex, of.AlterModelOptions, of.AlterModelManagers, of.RunPython, of.RunSQL,
    of.RenameIndex, of.AddField,
)  # fmt: skip


def since_last_release() -> list[Migration]:
    loader = MigrationLoader(None)
    return [
        migration
        for (app, name), migration in sorted(loader.disk_migrations.items())
        if app in LAST_RELEASE and name > LAST_RELEASE[app]
    ]


def unsafe(operation: Operation) -> str:
    """Return why the release before would fail after this operation; empty if it would not."""
    if not isinstance(operation, HARMLESS):
        return f"{type(operation).__name__} changes what old code uses"
    if isinstance(operation, of.AddField) and not _can_be_left_out(operation.field):
        return f"{operation.model_name}.{operation.name} needs null=True or a db_default: old code does not set it"
    return ""


def _can_be_left_out(field: "Field[object, object]") -> bool:
    """Return whether a row can be written without the column."""
    return field.null or field.many_to_many or field.db_default is not NOT_PROVIDED


def test_the_last_release_is_in_the_history() -> None:
    known = MigrationLoader(None).disk_migrations
    assert [item for item in LAST_RELEASE.items() if item not in known] == []


def test_the_release_before_works_on_the_new_schema() -> None:
    reasons = {
        (migration.app_label, migration.name): [reason for each in migration.operations if (reason := unsafe(each))]
        for migration in since_last_release()
    }
    assert {key: found for key, found in reasons.items() if found and key not in JUDGED} == {}


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (of.RemoveField("task", "name"), "changes what old code uses"),
        (of.RenameField("task", "name", "title"), "changes what old code uses"),
        (of.AlterField("task", "name", Field()), "changes what old code uses"),
        (of.DeleteModel("Task"), "changes what old code uses"),
        (of.AddField("task", "size", Field(default=0)), "old code does not set it"),
        (of.AddField("task", "size", Field(null=True)), ""),
        (of.AddField("task", "size", Field(db_default=0)), ""),
    ],
)
def test_what_the_release_before_would_notice_is_found(operation: Operation, reason: str) -> None:
    assert reason in unsafe(operation)
    assert bool(reason) is bool(unsafe(operation))

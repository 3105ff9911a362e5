"""MACs, event codes and checkpoints. The mutable head row is gone: the last event is the head, and a trigger accepts
only an event that follows it. Existing events keep their hashes (scheme 1): the first new event continues their chain.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

append_only = import_module("ecsdash.audit.migrations.0002_append_only")

FOLLOWS = """
CREATE FUNCTION audit_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_seq bigint; last_hash text;
BEGIN
  SELECT seq, hash INTO last_seq, last_hash FROM {schema}.audit_auditevent ORDER BY seq DESC LIMIT 1;
  IF NEW.seq <> COALESCE(last_seq, 0) + 1 OR NEW.prev_hash <> COALESCE(last_hash, repeat('0', 64)) THEN
    RAISE EXCEPTION 'an audit event must follow the last one';
  END IF;
  RETURN NEW;
END $$
"""
CREATE = {
    "postgresql": [
        FOLLOWS,
        """CREATE TRIGGER audit_follows BEFORE INSERT ON audit_auditevent
           FOR EACH ROW EXECUTE FUNCTION audit_follows()""",
        """CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_checkpoint
           FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()""",
    ],
    "sqlite": [
        """CREATE TRIGGER audit_checkpoint_no_update BEFORE UPDATE ON audit_checkpoint
           BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END""",
        """CREATE TRIGGER audit_checkpoint_no_delete BEFORE DELETE ON audit_checkpoint
           BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END""",
    ],
}
DROP = {
    "postgresql": [
        "DROP TRIGGER audit_append_only ON audit_checkpoint",
        "DROP TRIGGER audit_follows ON audit_auditevent",
        "DROP FUNCTION audit_follows",
    ],
    "sqlite": ["DROP TRIGGER audit_checkpoint_no_update", "DROP TRIGGER audit_checkpoint_no_delete"],
}


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite makes the table anew to add columns, which loses its triggers; so 0002's are made again."""
    append_only.create(apps, editor)
    schema = ""
    if editor.connection.vendor == "postgresql":
        with editor.connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(current_schema())")
            (schema,) = cursor.fetchone()
    for statement in CREATE[editor.connection.vendor]:
        editor.execute(statement.format(schema=schema))


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in DROP[editor.connection.vendor]:
        editor.execute(statement)
    append_only.drop(apps, editor)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_list_indexes")]
    operations = [
        migrations.RunPython(append_only.drop, append_only.create),
        migrations.DeleteModel(name="ChainHead"),
        migrations.AddField("auditevent", "scheme", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("auditevent", "code", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("auditevent", "code_version", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("auditevent", "key_id", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField(
            "auditevent", "mac", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(unique=True)),
                ("count", models.PositiveBigIntegerField()),
                ("last_hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("key_id", models.TextField()),
                ("mac", models.CharField(max_length=64)),
            ],
            options={"ordering": ["-number"]},
        ),
        migrations.CreateModel(
            name="SinkProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stream",
                    models.CharField(choices=[("events", "Events"), ("checkpoints", "Checkpoints")], max_length=16),
                ),
                ("sink", models.TextField()),
                ("position", models.PositiveBigIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("fence", models.PositiveBigIntegerField(default=0)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("stream", "sink"), name="sink_progress_once")]},
        ),
        migrations.RunPython(create, drop),
    ]

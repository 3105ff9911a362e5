from django.db import migrations, models

from ecsdash.web.tables import trigrams


class Migration(migrations.Migration):
    """Pages of operations are ordered by a column and the primary key."""

    dependencies = [("operations", "0001_initial")]
    operations = [
        migrations.AddIndex("operation", models.Index(fields=["action", "id"], name="operations_by_action")),
        migrations.AddIndex("operation", models.Index(fields=["state", "id"], name="operations_by_state")),
        migrations.AddIndex("operation", models.Index(fields=["resource_name", "id"], name="operations_by_resource")),
        trigrams.index("operations_trigrams", "operations_operation", ["resource_name", "action", "reason"]),
    ]

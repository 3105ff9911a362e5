from typing import Any

from django.db import migrations, models
from django.db.models import F


def both_roles(apps: Any, schema_editor: Any) -> None:
    """Use the role of each account for writing too. Results of earlier connection tests do not name a role: drop them."""
    apps.get_model("inventory", "Account").objects.update(writer_role_arn=F("reader_role_arn"))
    apps.get_model("inventory", "ConnectionTest").objects.update(results=[])


class Migration(migrations.Migration):
    dependencies = [("inventory", "0007_former_states"), ("access", "0004_grants_by_account")]
    operations = [
        migrations.RenameField("account", "role_arn", "reader_role_arn"),
        migrations.AddField("account", "writer_role_arn", models.CharField(blank=True, max_length=2048)),
        migrations.AddField(
            "account",
            "sets_source_identity",
            models.BooleanField(
                default=False, help_text="Whether the connection test found that the writer role lets it be set"
            ),
        ),
        migrations.AddField("account", "permissions_boundary_arn", models.CharField(blank=True, max_length=2048)),
        migrations.AddField("connectiontest", "writer_identity", models.CharField(blank=True, max_length=2048)),
        migrations.AddField("connectiontest", "reader_may_write", models.JSONField(default=list)),
        migrations.AddField(
            "account",
            "passed_roles",
            models.JSONField(blank=True, default=list, help_text="Name patterns for the writer's policy"),
        ),
        migrations.RunPython(both_roles, migrations.RunPython.noop),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_sweep_passes")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="removed_at",
            field=models.DateTimeField(help_text="Kept for its operations only; its inventory is deleted", null=True),
        ),
        migrations.CreateModel(
            name="ConnectionTest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("requested_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("principal", models.CharField(blank=True, max_length=2048)),
                ("identity", models.CharField(blank=True, max_length=2048)),
                ("error", models.TextField(blank=True)),
                ("results", models.JSONField(default=list)),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="connection_test",
                        to="inventory.account",
                    ),
                ),
            ],
        ),
    ]

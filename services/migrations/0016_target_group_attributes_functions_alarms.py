import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0008_reader_and_writer_roles"),
        ("services", "0015_auto_scaling"),
    ]

    operations = [
        migrations.AddField(
            model_name="targetgroup",
            name="attributes",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(max_length=30)),
                ("arn", models.CharField(max_length=600, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("description", models.JSONField(default=dict)),
                ("tags", models.JSONField(default=dict)),
                ("version", models.BigIntegerField(default=0)),
                ("digest", models.CharField(default="", editable=False, max_length=32)),
                ("observed_at", models.DateTimeField()),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "label",
                    models.CharField(blank=True, help_text="What people call it: its Name tag, say", max_length=300),
                ),
                ("state", models.CharField(blank=True, max_length=30)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inventory.account"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Function",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(max_length=30)),
                ("arn", models.CharField(max_length=600, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("description", models.JSONField(default=dict)),
                ("tags", models.JSONField(default=dict)),
                ("version", models.BigIntegerField(default=0)),
                ("digest", models.CharField(default="", editable=False, max_length=32)),
                ("observed_at", models.DateTimeField()),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "label",
                    models.CharField(blank=True, help_text="What people call it: its Name tag, say", max_length=300),
                ),
                ("runtime", models.CharField(blank=True, max_length=40)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inventory.account"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]

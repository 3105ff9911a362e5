import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0003_account_connections"),
    ]

    operations = [
        migrations.CreateModel(
            name="EventFeed",
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
                ("queue_url", models.CharField(blank=True, max_length=600)),
                ("connected", models.BooleanField(default=False)),
                ("problem", models.TextField(blank=True)),
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
            name="FeedProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("polled_at", models.DateTimeField(null=True)),
                ("message_at", models.DateTimeField(null=True)),
                ("lag", models.FloatField(null=True)),
                ("received", models.BigIntegerField(default=0)),
                ("applied", models.BigIntegerField(default=0)),
                ("ignored", models.BigIntegerField(default=0)),
                ("dead", models.BigIntegerField(default=0)),
                ("error_code", models.CharField(blank=True, max_length=200)),
                ("error", models.TextField(blank=True)),
                (
                    "feed",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="progress", to="inventory.eventfeed"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=100)),
                ("received_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("body", models.TextField()),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dead_letters",
                        to="inventory.eventfeed",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["feed", "-received_at"], name="inventory_d_feed_id_8e95e3_idx")],
                "constraints": [models.UniqueConstraint(fields=("feed", "message_id"), name="one_letter_per_message")],
            },
        ),
        migrations.CreateModel(
            name="Touched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("noun", models.CharField(max_length=40)),
                ("arn", models.CharField(max_length=600)),
                ("at", models.DateTimeField()),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="touched", to="inventory.eventfeed"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("feed", "noun", "arn"), name="touched_once")],
            },
        ),
    ]

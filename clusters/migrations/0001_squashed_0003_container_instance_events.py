import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables of this app, in one step: a new installation would otherwise build each table several times."""

    initial = True
    dependencies = [("inventory", "0003_account_connections")]
    replaces = [
        ("clusters", "0001_initial"),
        ("clusters", "0002_digest"),
        ("clusters", "0003_container_instance_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="AutoScalingGroup",
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
                ("min_size", models.PositiveIntegerField(default=0)),
                ("max_size", models.PositiveIntegerField(default=0)),
                ("desired_capacity", models.PositiveIntegerField(default=0)),
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
            name="CapacityProvider",
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
                ("status", models.CharField(max_length=20)),
                ("auto_scaling_group_arn", models.CharField(blank=True, max_length=600)),
                ("managed_scaling", models.BooleanField(default=False)),
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
            name="ContainerInstance",
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
                ("cluster_name", models.CharField(max_length=255)),
                ("container_instance_id", models.CharField(max_length=64)),
                ("status", models.CharField(max_length=20)),
                ("agent_connected", models.BooleanField(default=False)),
                ("agent_version", models.CharField(blank=True, max_length=40)),
                ("instance_type", models.CharField(blank=True, max_length=40)),
                ("availability_zone", models.CharField(blank=True, max_length=40)),
                ("capacity_provider_name", models.CharField(blank=True, max_length=255)),
                ("running_tasks_count", models.PositiveIntegerField(default=0)),
                ("pending_tasks_count", models.PositiveIntegerField(default=0)),
                ("registered_cpu", models.PositiveIntegerField(default=0)),
                ("remaining_cpu", models.IntegerField(default=0)),
                ("registered_memory", models.PositiveIntegerField(default=0)),
                ("remaining_memory", models.IntegerField(default=0)),
                ("registered_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inventory.account"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["account", "region", "cluster_name", "status"], name="clusters_co_account_d63d51_idx"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContainerInstanceEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(max_length=30)),
                ("cluster_name", models.CharField(max_length=255)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("registered", "Registered"),
                            ("status changed", "Status"),
                            ("agent lost", "Agent Lost"),
                            ("agent back", "Agent Back"),
                            ("gone", "Gone"),
                        ],
                        max_length=20,
                    ),
                ),
                ("status", models.CharField(help_text="Of the instance since then", max_length=20)),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inventory.account"
                    ),
                ),
                (
                    "instance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="clusters.containerinstance",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["account", "region", "cluster_name", "-at"], name="clusters_co_account_1109b0_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("instance", "kind", "at"), name="one_row_per_instance_event")
                ],
            },
        ),
        migrations.CreateModel(
            name="InstanceProfile",
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
                ("role_name", models.CharField(blank=True, max_length=128)),
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
            name="InstanceType",
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
                ("vcpus", models.PositiveIntegerField(default=0)),
                ("memory", models.PositiveIntegerField(default=0)),
                ("architecture", models.CharField(default="x86_64", max_length=20)),
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
            name="KeyPair",
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
            name="MachineImage",
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
                ("image_id", models.CharField(max_length=40)),
                ("architecture", models.CharField(default="x86_64", max_length=20)),
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
            name="Role",
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
                ("trusts", models.JSONField(default=list)),
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
            name="SecurityGroup",
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
                ("vpc_id", models.CharField(max_length=40)),
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
            name="Subnet",
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
                ("vpc_id", models.CharField(max_length=40)),
                ("availability_zone", models.CharField(max_length=40)),
                ("cidr", models.CharField(blank=True, max_length=50)),
                ("public", models.BooleanField(default=False)),
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
            name="Vpc",
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
                ("cidr", models.CharField(blank=True, max_length=50)),
                ("is_default", models.BooleanField(default=False)),
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
            name="Cluster",
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
                ("status", models.CharField(max_length=20)),
                ("active_services_count", models.PositiveIntegerField(default=0)),
                ("running_tasks_count", models.PositiveIntegerField(default=0)),
                ("pending_tasks_count", models.PositiveIntegerField(default=0)),
                ("registered_container_instances_count", models.PositiveIntegerField(default=0)),
                ("capacity_providers", models.JSONField(default=list, help_text="Names")),
                ("container_insights", models.CharField(blank=True, max_length=20)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inventory.account"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account", "region", "name"], name="clusters_cl_account_1d01fc_idx")],
            },
        ),
    ]

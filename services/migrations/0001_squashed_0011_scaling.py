from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

import services.statuses

trigrams = import_module("services.migrations.0004_list_indexes")
statistics = import_module("services.migrations.0008_covering_list_indexes")


class Migration(migrations.Migration):
    """The tables of this app, in one step: a new installation would otherwise build each table several times."""

    initial = True
    dependencies = [("inventory", "0007_former_states")]
    replaces = [
        ("services", "0001_initial"),
        ("services", "0002_digest"),
        ("services", "0003_task_completed_images"),
        ("services", "0004_list_indexes"),
        ("services", "0005_service_events_by_time"),
        ("services", "0006_deployment_list_indexes"),
        ("services", "0007_certificates_and_listener_rules"),
        ("services", "0008_covering_list_indexes"),
        ("services", "0009_service_progress"),
        ("services", "0010_tasks_by_place_of_family"),
        ("services", "0011_scaling"),
    ]

    operations = [
        migrations.CreateModel(
            name="Certificate",
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
                ("domains", models.JSONField(default=list)),
                ("status", models.CharField(blank=True, max_length=30)),
                ("expires_at", models.DateTimeField(null=True)),
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
            name="Listener",
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
                ("load_balancer_arn", models.CharField(max_length=600)),
                ("port", models.PositiveIntegerField(default=0)),
                ("protocol", models.CharField(blank=True, max_length=10)),
                ("target_group_arns", models.JSONField(default=list)),
                ("rules", models.JSONField(default=list)),
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
            name="LoadBalancer",
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
                ("dns_name", models.CharField(blank=True, max_length=300)),
                ("vpc_id", models.CharField(blank=True, max_length=40)),
                ("scheme", models.CharField(blank=True, max_length=30)),
                ("state", models.CharField(blank=True, max_length=20)),
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
            name="LogGroup",
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
                ("retention_days", models.PositiveIntegerField(null=True)),
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
            name="Repository",
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
                ("uri", models.CharField(blank=True, max_length=600)),
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
            name="ScalableTarget",
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
            name="ScalingPolicy",
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
                ("resource_id", models.CharField(max_length=600)),
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
            name="Secret",
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
                ("kind", models.CharField(default="secretsmanager", max_length=20)),
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
            name="Service",
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
                ("status", models.CharField(max_length=20)),
                ("health", models.CharField(default=services.statuses.ServiceHealth["STEADY"], max_length=30)),
                ("desired_count", models.PositiveIntegerField(default=0)),
                ("running_count", models.PositiveIntegerField(default=0)),
                ("pending_count", models.PositiveIntegerField(default=0)),
                ("failed_tasks", models.PositiveIntegerField(default=0, help_text="Of the primary deployment")),
                ("task_definition", models.CharField(blank=True, help_text="ARN", max_length=600)),
                (
                    "launch_type",
                    models.CharField(blank=True, help_text="Or the names of its capacity providers", max_length=255),
                ),
                ("scheduling_strategy", models.CharField(default="REPLICA", max_length=20)),
                ("rollout_state", models.CharField(blank=True, help_text="Of the primary deployment", max_length=20)),
                ("deployments_count", models.PositiveIntegerField(default=1)),
                ("target_group_arns", models.JSONField(default=list)),
                ("last_event", models.TextField(blank=True)),
                ("last_event_at", models.DateTimeField(null=True)),
                (
                    "blocking_event",
                    models.TextField(blank=True, help_text="ECS's message that tasks cannot start, while it holds"),
                ),
                (
                    "progressed_at",
                    models.DateTimeField(help_text="When ECS last reported that the service came further", null=True),
                ),
                ("deployed_at", models.DateTimeField(help_text="When the primary deployment began", null=True)),
                ("deployments_seen", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(null=True)),
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
                        fields=["account", "region", "cluster_name", "name"], name="services_se_account_207d52_idx"
                    ),
                    models.Index(fields=["health"], name="services_se_health_7d4d71_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceDeployment",
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
                ("service_name", models.CharField(max_length=255)),
                ("status", models.CharField(max_length=30)),
                ("status_reason", models.TextField(blank=True)),
                (
                    "task_definition",
                    models.CharField(blank=True, help_text="ARN of the target revision", max_length=600),
                ),
                ("created_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
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
                        fields=["account", "region", "cluster_name", "service_name", "-created_at"],
                        name="services_se_account_34e29c_idx",
                    ),
                    models.Index(
                        fields=["account", "id"],
                        include=("region", "cluster_name", "service_name"),
                        name="deployments_by_account",
                    ),
                    models.Index(
                        fields=["region", "id"],
                        include=("account", "cluster_name", "service_name"),
                        name="deployments_by_region",
                    ),
                    models.Index(
                        fields=["cluster_name", "id"],
                        include=("account", "region", "service_name"),
                        name="deployments_by_cluster",
                    ),
                    models.Index(
                        fields=["service_name", "id"],
                        include=("account", "region", "cluster_name"),
                        name="deployments_by_service",
                    ),
                    models.Index(
                        fields=["status", "id"],
                        include=("account", "region", "cluster_name", "service_name"),
                        name="deployments_by_status",
                    ),
                    models.Index(
                        fields=["task_definition", "id"],
                        include=("account", "region", "cluster_name", "service_name"),
                        name="deployments_by_revision",
                    ),
                    models.Index(
                        fields=["created_at", "id"],
                        include=("account", "region", "cluster_name", "service_name"),
                        name="deployments_by_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("message", models.TextField()),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="services.service"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["service", "-created_at"], name="services_se_service_6463b5_idx"),
                    models.Index(fields=["created_at"], name="services_se_created_a5f522_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("service", "event_id"), name="one_row_per_service_event")
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceMetrics",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fetched_at", models.DateTimeField(null=True)),
                ("times", models.JSONField(default=list)),
                ("cpu", models.JSONField(default=list)),
                ("memory", models.JSONField(default=list)),
                ("error", models.TextField(blank=True)),
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="metrics", to="services.service"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TargetGroup",
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
                ("port", models.PositiveIntegerField(default=0)),
                ("protocol", models.CharField(blank=True, max_length=10)),
                ("target_type", models.CharField(blank=True, max_length=20)),
                ("vpc_id", models.CharField(blank=True, max_length=40)),
                ("health_check_path", models.CharField(blank=True, max_length=1024)),
                ("load_balancer_arns", models.JSONField(default=list)),
                ("targets", models.JSONField(default=list)),
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
            name="Task",
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
                ("service_name", models.CharField(blank=True, max_length=255)),
                ("group", models.CharField(blank=True, max_length=300)),
                ("task_definition_arn", models.CharField(blank=True, max_length=600)),
                ("family", models.CharField(max_length=255)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("last_status", models.CharField(max_length=20)),
                ("desired_status", models.CharField(max_length=20)),
                ("health_status", models.CharField(blank=True, max_length=20)),
                ("launch_type", models.CharField(blank=True, max_length=20)),
                ("capacity_provider_name", models.CharField(blank=True, max_length=255)),
                ("container_instance_arn", models.CharField(blank=True, max_length=600)),
                ("availability_zone", models.CharField(blank=True, max_length=40)),
                ("private_ip", models.CharField(blank=True, max_length=45)),
                ("cpu", models.PositiveIntegerField(default=0)),
                ("memory", models.PositiveIntegerField(default=0)),
                ("started_by", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("stop_code", models.CharField(blank=True, max_length=40)),
                ("stopped_reason", models.TextField(blank=True)),
                ("completed", models.BooleanField(default=False)),
                ("images", models.TextField(blank=True)),
                (
                    "words",
                    models.GeneratedField(
                        db_persist=True, expression=trigrams.one_text(trigrams.WORDS), output_field=models.TextField()
                    ),
                ),
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
                        fields=["account", "region", "cluster_name", "service_name", "last_status", "gone_at"],
                        name="services_ta_account_8c82b4_idx",
                    ),
                    models.Index(fields=["last_status", "-stopped_at"], name="services_ta_last_st_f72f33_idx"),
                    models.Index(fields=["name"], name="services_ta_name_a6d365_idx"),
                    models.Index(
                        condition=models.Q(("container_instance_arn", ""), _negated=True),
                        fields=["container_instance_arn", "observed_at"],
                        name="tasks_by_instance",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("gone_at__isnull", True), models.Q(("last_status", "STOPPED"), _negated=True)
                        ),
                        fields=["account", "region", "cluster_name", "service_name"],
                        include=("family",),
                        name="living_tasks",
                    ),
                    models.Index(
                        fields=["account", "id"],
                        include=("region", "cluster_name", "service_name", "family", "last_status", "gone_at"),
                        name="tasks_by_account",
                    ),
                    models.Index(
                        fields=["region", "id"],
                        include=("account", "cluster_name", "service_name", "family", "last_status", "gone_at"),
                        name="tasks_by_region",
                    ),
                    models.Index(
                        fields=["cluster_name", "id"],
                        include=("account", "region", "service_name", "family", "last_status", "gone_at"),
                        name="tasks_by_cluster",
                    ),
                    models.Index(
                        fields=["service_name", "id"],
                        include=("account", "region", "cluster_name", "family", "last_status", "gone_at"),
                        name="tasks_by_service",
                    ),
                    models.Index(
                        fields=["family", "id"],
                        include=("account", "region", "cluster_name", "service_name", "last_status", "gone_at"),
                        name="tasks_by_family",
                    ),
                    models.Index(
                        fields=["created_at", "id"],
                        include=("account", "region", "cluster_name", "service_name", "family"),
                        name="tasks_by_created_at",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("gone_at__isnull", True), models.Q(("last_status", "STOPPED"), _negated=True)
                        ),
                        fields=["created_at", "id"],
                        include=("account", "region", "cluster_name", "service_name", "family"),
                        name="living_tasks_by_created_at",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("gone_at__isnull", True), models.Q(("last_status", "STOPPED"), _negated=True)
                        ),
                        fields=["last_status", "id"],
                        include=("account", "region", "cluster_name", "service_name", "family"),
                        name="living_tasks_by_status",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("gone_at__isnull", True), models.Q(("last_status", "STOPPED"), _negated=True)
                        ),
                        fields=["availability_zone", "id"],
                        include=("account", "region", "cluster_name", "service_name", "family"),
                        name="living_tasks_by_zone",
                    ),
                    models.Index(
                        condition=models.Q(("last_status", "STOPPED"), ("gone_at__isnull", False), _connector="OR"),
                        fields=["stopped_at", "id"],
                        include=("account", "region", "cluster_name", "service_name", "family"),
                        name="ended_tasks_by_stopped_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskDefinition",
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
                ("family", models.CharField(max_length=255)),
                ("revision", models.PositiveIntegerField()),
                ("status", models.CharField(max_length=20)),
                ("network_mode", models.CharField(blank=True, max_length=20)),
                ("requires_compatibilities", models.JSONField(default=list)),
                ("cpu", models.PositiveIntegerField(default=0)),
                ("memory", models.PositiveIntegerField(default=0)),
                ("images", models.JSONField(default=list)),
                ("registered_at", models.DateTimeField(null=True)),
                ("registered_by", models.CharField(blank=True, max_length=600)),
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
                        fields=["account", "region", "family", "status", "-revision"],
                        include=("id", "gone_at"),
                        name="revisions_by_rank",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("container", models.CharField(max_length=255)),
                ("lines", models.JSONField(default=list)),
                ("fetched_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="logs", to="services.task"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("task", "container"), name="one_log_per_container")],
            },
        ),
        migrations.RunPython(trigrams.create_trigrams, trigrams.drop_trigrams),
        migrations.RunPython(statistics.create_statistics, statistics.drop_statistics),
    ]

from typing import Any

from django.db import migrations, models


def create_statistics(apps: Any, schema_editor: Any) -> None:
    """Most stopped tasks give one of a few reasons: for those, the trigrams are the long way."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE STATISTICS task_stopped_reason ON (UPPER(stopped_reason)) FROM services_task")


def drop_statistics(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP STATISTICS IF EXISTS task_stopped_reason")


class Migration(migrations.Migration):
    """The indexes that lists are sorted by also hold what decides who may see a row: only they are read for a page."""

    dependencies = [
        ("inventory", "0004_event_feeds"),
        ("services", "0007_certificates_and_listener_rules"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="servicedeployment",
            name="deployments_by_time",
        ),
        migrations.RemoveIndex(
            model_name="servicedeployment",
            name="deployments_by_status",
        ),
        migrations.RemoveIndex(
            model_name="servicedeployment",
            name="deployments_by_service",
        ),
        migrations.RemoveIndex(
            model_name="servicedeployment",
            name="deployments_by_revision",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="services_ta_created_5cc0e6_idx",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="ended_tasks_by_stopped_at",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="services_ta_cluster_4334f6_idx",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="services_ta_service_5be8c1_idx",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="services_ta_family_67bc21_idx",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="living_tasks_by_created_at",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="living_tasks_by_status",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="living_tasks_by_zone",
        ),
        migrations.AddIndex(
            model_name="servicedeployment",
            index=models.Index(
                fields=["account", "id"],
                include=("region", "cluster_name", "service_name"),
                name="deployments_by_account",
            ),
        ),
        migrations.AddIndex(
            model_name="servicedeployment",
            index=models.Index(
                fields=["region", "id"],
                include=("account", "cluster_name", "service_name"),
                name="deployments_by_region",
            ),
        ),
        migrations.AddIndex(
            model_name="servicedeployment",
            index=models.Index(
                fields=["cluster_name", "id"],
                include=("account", "region", "service_name"),
                name="deployments_by_cluster",
            ),
        ),
        migrations.AddIndex(
            model_name="servicedeployment",
            index=models.Index(
                fields=["service_name", "id"],
                include=("account", "region", "cluster_name"),
                name="deployments_by_service",
            ),
        ),
        migrations.AddIndex(
            model_name="servicedeployment",
            index=models.Index(
                fields=["status", "id"],
                include=("account", "region", "cluster_name", "service_name"),
                name="deployments_by_status",
            ),
        ),
        migrations.AddIndex(
            model_name="servicedeployment",
            index=models.Index(
                fields=["task_definition", "id"],
                include=("account", "region", "cluster_name", "service_name"),
                name="deployments_by_revision",
            ),
        ),
        migrations.AddIndex(
            model_name="servicedeployment",
            index=models.Index(
                fields=["created_at", "id"],
                include=("account", "region", "cluster_name", "service_name"),
                name="deployments_by_time",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["account", "id"],
                include=("region", "cluster_name", "service_name", "last_status", "gone_at"),
                name="tasks_by_account",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["region", "id"],
                include=("account", "cluster_name", "service_name", "last_status", "gone_at"),
                name="tasks_by_region",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["cluster_name", "id"],
                include=("account", "region", "service_name", "last_status", "gone_at"),
                name="tasks_by_cluster",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["service_name", "id"],
                include=("account", "region", "cluster_name", "last_status", "gone_at"),
                name="tasks_by_service",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["family", "id"],
                include=("account", "region", "cluster_name", "service_name", "last_status", "gone_at"),
                name="tasks_by_family",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["created_at", "id"],
                include=("account", "region", "cluster_name", "service_name"),
                name="tasks_by_created_at",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("gone_at__isnull", True), models.Q(("last_status", "STOPPED"), _negated=True)),
                fields=["created_at", "id"],
                include=("account", "region", "cluster_name", "service_name"),
                name="living_tasks_by_created_at",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("gone_at__isnull", True), models.Q(("last_status", "STOPPED"), _negated=True)),
                fields=["last_status", "id"],
                include=("account", "region", "cluster_name", "service_name"),
                name="living_tasks_by_status",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("gone_at__isnull", True), models.Q(("last_status", "STOPPED"), _negated=True)),
                fields=["availability_zone", "id"],
                include=("account", "region", "cluster_name", "service_name"),
                name="living_tasks_by_zone",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("last_status", "STOPPED"), ("gone_at__isnull", False), _connector="OR"),
                fields=["stopped_at", "id"],
                include=("account", "region", "cluster_name", "service_name"),
                name="ended_tasks_by_stopped_at",
            ),
        ),
        migrations.RemoveIndex("taskdefinition", "services_ta_account_196323_idx"),
        migrations.AddIndex(
            "taskdefinition",
            models.Index(
                fields=["account", "region", "family", "status", "-revision"],
                include=("id", "gone_at"),
                name="revisions_by_rank",
            ),
        ),
        migrations.RunPython(create_statistics, drop_statistics),
    ]

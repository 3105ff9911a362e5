from django.db import migrations, models


class Migration(migrations.Migration):
    """Pages of deployments are ordered by a column and the primary key."""

    dependencies = [("services", "0005_service_events_by_time")]
    operations = [
        migrations.AddIndex("servicedeployment", models.Index(fields=["created_at", "id"], name="deployments_by_time")),
        migrations.AddIndex("servicedeployment", models.Index(fields=["status", "id"], name="deployments_by_status")),
        migrations.AddIndex(
            "servicedeployment", models.Index(fields=["service_name", "id"], name="deployments_by_service")
        ),
        migrations.AddIndex(
            "servicedeployment", models.Index(fields=["task_definition", "id"], name="deployments_by_revision")
        ),
    ]

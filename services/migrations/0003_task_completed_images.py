"""What lists of tasks show without reading the description: whether a task completed, and its images."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations, models

CHUNK = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """Of tasks that ECS has forgotten no sweep will fill it."""
    task = apps.get_model("services", "Task")
    for rows in _chunks(task.objects.only("pk", "service_name", "stop_code", "description")):
        for row in rows:
            containers = row.description.get("containers", [])
            ended_well = all(each.get("exitCode") == 0 for each in containers)
            row.completed = not row.service_name and row.stop_code == "EssentialContainerExited" and ended_well
            words = [each.get(key, "") for each in containers for key in ("image", "imageDigest")]
            row.images = "\n".join(dict.fromkeys(filter(None, words)))
        task.objects.bulk_update(rows, ["completed", "images"])


def _chunks(rows: Any) -> Iterator[list[Any]]:
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield found
        last = found[-1].pk


class Migration(migrations.Migration):
    dependencies = [("services", "0002_digest")]

    operations = [
        migrations.AddField("task", "completed", models.BooleanField(default=False)),
        migrations.AddField("task", "images", models.TextField(blank=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

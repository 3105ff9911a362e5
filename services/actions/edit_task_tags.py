from typing import Any

from clusters.planning.tags import TagAction
from ecsdash.operations.actions import register
from services.models import Task


@register
class EditTaskTags(TagAction):
    name = "edit_task_tags"
    resource_type = Task
    path = "tasks/<str:task>/tags/"
    watches = ("tasks",)

    def unavailable(self, resource: Any) -> str:
        return "The task has stopped." if resource.last_status == "STOPPED" else super().unavailable(resource)

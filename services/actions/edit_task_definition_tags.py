from typing import Any

from clusters.planning.tags import TagAction
from ecsdash.operations.actions import register
from services.models import TaskDefinition


@register
class EditTaskDefinitionTags(TagAction):
    name = "edit_task_definition_tags"
    resource_type = TaskDefinition
    path = "task-definitions/<str:family>/<int:revision>/tags/"
    watches = ("task_definitions",)

    def unavailable(self, resource: Any) -> str:
        deleted = "This revision is being deleted." if resource.status == "DELETE_IN_PROGRESS" else ""
        return super().unavailable(resource) or deleted

"""The form of a task definition: its fields, presets, and how its JSON is read."""

from typing import Final

from ecsdash.web.forms.document.state import DocumentForm
from services.forms.task_definition.container_fields import CONTAINERS
from services.forms.task_definition.presets import PRESETS
from services.forms.task_definition.task_fields import OPTIONS, TAGS, TASK
from services.forms.task_definition.text import read
from services.forms.task_definition.volume_fields import VOLUMES

TASK_DEFINITION: Final = DocumentForm((TASK, CONTAINERS, VOLUMES, OPTIONS, TAGS), PRESETS, read)

"""The checks of a task definition that ask AWS while the review is open, for every action that runs it."""

from collections.abc import Mapping
from typing import Any

from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import LiveCheck
from services.forms.task_definition.checks import image_checks
from services.planning.role_access import role_checks
from services.planning.task_definitions import new_role


def live_checks(context: ActionContext, definition: Mapping[str, Any]) -> tuple[LiveCheck, ...]:
    """Return the checks of the images and of the execution role, unless the role does not exist yet."""
    images = image_checks(definition, context.scope.account.account_id, context.scope.region)
    return (*images, *(() if new_role(context, definition) else role_checks(context.scope, definition)))

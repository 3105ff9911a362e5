"""The step that registers a revision of a task definition, and what later steps refer to."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG, join, ref
from services.forms.task_definition.form import own_tags
from services.forms.task_definition.text import writable
from services.models import TaskDefinition
from services.sync.task_definitions import record_of

CALLS: Final = ("ecs.register_task_definition", "ecs.deregister_task_definition")
#: The ARN and the `family:revision` of the revision that the plan registers.
REVISION_ARN: Final = ref("register.taskDefinition.taskDefinitionArn")
REVISION_NAME: Final = join(ref("register.taskDefinition.family"), ":", ref("register.taskDefinition.revision"))


def register_step(
    definition: Mapping[str, Any], tags: Sequence[Mapping[str, str]], title: str = "", **more: Any
) -> Step:
    """Return the step. `tags` are those of people; the tag by which a repeated call finds its revision is added."""
    return Step(
        "register",
        title or f"Register a revision of {definition['family']}",
        call="ecs.register_task_definition",
        params={**definition, "tags": [*tags, {"key": STEP_TAG, "value": STEP_ID}]},
        repeat=Repeat.LOOKUP,
        lookup="revision_of_step",
        doubles="spare_revisions",
        takes_back="ecs.deregister_task_definition",
        **more,
    )


def register_again(row: TaskDefinition) -> Step:
    """Return the step that registers a copy of a revision that was deregistered."""
    title = f"Register {row.name} again: it was deregistered"
    return register_step(writable(row.description), own_tags(row), title)


def not_registered(definition: Mapping[str, Any], present: TaskDefinition) -> TaskDefinition:
    """Return the unsaved row of a new revision of the family of `present`, for checks."""
    described = {**definition, "taskDefinitionArn": "", "revision": present.revision + 1, "status": "ACTIVE"}
    columns = record_of(described, []).columns
    name = f"The new revision of {present.family}"
    return TaskDefinition(
        account=present.account, region=present.region, name=name, description=dict(definition), **columns
    )


def log_group_steps(groups: Sequence[str]) -> tuple[Step, ...]:
    """Return the steps that create log groups."""
    return tuple(
        Step(
            f"log_group_{number}",
            f"Create the log group {name}",
            call="logs.create_log_group",
            params={"logGroupName": name, "tags": {STEP_TAG: STEP_ID}},
            repeat=Repeat.LOOKUP,
            lookup="log_group_of_step",
            tolerate=("ResourceAlreadyExistsException",),
        )
        for number, name in enumerate(groups)
    )

"""Steps that register a task definition and create what its tasks need: log groups and the usual execution role."""

from collections.abc import Mapping
from typing import Any, Final

from clusters.forms.usual_roles import EXECUTION_ROLE, UsualRole
from clusters.planning import roles
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG, join, ref
from services.forms.roles import missing
from services.forms.task_definition.form import own_tags
from services.forms.task_definition.text import writable
from services.models import TaskDefinition
from services.sync.task_definitions import record_of

#: Calls of the step that registers: a second revision of the same step is taken back.
REGISTERING: Final = ("ecs.register_task_definition", "ecs.deregister_task_definition")
#: Calls of a plan that registers task definitions and creates what their tasks need.
CALLS: Final = (*roles.CALLS, "logs.create_log_group", *REGISTERING)
#: The ARN and the `family:revision` of the revision that the step `register` registers.
REVISION_ARN: Final = ref("register.taskDefinition.taskDefinitionArn")
REVISION_NAME: Final = join(ref("register.taskDefinition.family"), ":", ref("register.taskDefinition.revision"))


def new_role(context: ActionContext, definition: Mapping[str, Any]) -> UsualRole | None:
    """Return the usual execution role if the definition names it and the account does not have it yet."""
    arn = EXECUTION_ROLE.arn(context.scope.account.account_id, context.scope.region)
    return EXECUTION_ROLE if definition.get("executionRoleArn") == arn and missing(context, EXECUTION_ROLE) else None


def log_group_step(number: int, name: str) -> Step:
    return Step(
        f"log_group_{number}",
        f"Create the log group {name}",
        call="logs.create_log_group",
        params={"logGroupName": name, "tags": {STEP_TAG: STEP_ID}},
        repeat=Repeat.LOOKUP,
        lookup="log_group_of_step",
        tolerate=("ResourceAlreadyExistsException",),
    )


def register_step(
    definition: Mapping[str, Any], role: UsualRole | None = None, key: str = "register", title: str = ""
) -> Step:
    """Return the step that registers. ECS refuses a `role` that IAM just created, so the step retries for two
    minutes."""
    return Step(
        key,
        title or f"Register a revision of {definition['family']}",
        call="ecs.register_task_definition",
        params={**definition, "tags": with_step_tag(definition.get("tags", []))},
        repeat=Repeat.LOOKUP,
        lookup="revision_of_step",
        doubles="spare_revisions",
        takes_back="ecs.deregister_task_definition",
        retry_on=("ClientException",) if role else (),
        timeout=roles.NOT_KNOWN_SECONDS,
    )


def register_again(row: TaskDefinition) -> Step:
    """Return the step that registers a copy of a revision that was deregistered."""
    title = f"Register {row.name} again: it was deregistered"
    return register_step({**writable(row.description), "tags": own_tags(row)}, title=title)


def not_registered(definition: Mapping[str, Any], present: TaskDefinition) -> TaskDefinition:
    """Return the unsaved row of a new revision of the family of `present`, for checks."""
    described = {**definition, "taskDefinitionArn": "", "revision": present.revision + 1, "status": "ACTIVE"}
    columns = record_of(described, []).columns
    name = f"The new revision of {present.family}"
    return TaskDefinition(
        account=present.account, region=present.region, name=name, description=dict(definition), **columns
    )


def with_step_tag(tags: list[Mapping[str, str]]) -> list[Mapping[str, Any]]:
    """Return the tags with the one of the step, in place of the one of the step that made what was copied."""
    return [*(tag for tag in tags if tag.get("key") != STEP_TAG), {"key": STEP_TAG, "value": STEP_ID}]

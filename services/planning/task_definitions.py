"""Steps that register a task definition and create what its tasks need: log groups and the usual execution role."""

from collections.abc import Mapping
from typing import Any

from clusters.forms.usual_roles import EXECUTION_ROLE, UsualRole
from clusters.planning import roles
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG
from services.forms.roles import missing

#: Calls of a plan that registers task definitions.
CALLS = (
    *roles.CALLS, "logs.create_log_group", "ecs.register_task_definition", "ecs.deregister_task_definition",
)  # fmt: skip


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


def register_step(definition: Mapping[str, Any], role: UsualRole | None, key: str = "register") -> Step:
    """Return the step that registers. ECS refuses a `role` that IAM just created, so the step retries for two
    minutes."""
    return Step(
        key,
        f"Register a revision of {definition['family']}",
        call="ecs.register_task_definition",
        params={**definition, "tags": with_step_tag(definition.get("tags", []))},
        repeat=Repeat.LOOKUP,
        lookup="revision_of_step",
        doubles="spare_revisions",
        takes_back="ecs.deregister_task_definition",
        retry_on=("ClientException",) if role else (),
        timeout=roles.NOT_KNOWN_SECONDS,
    )


def with_step_tag(tags: list[Mapping[str, str]]) -> list[Mapping[str, Any]]:
    """Return the tags with the one of the step, in place of the one of the step that made what was copied."""
    return [*(tag for tag in tags if tag.get("key") != STEP_TAG), {"key": STEP_TAG, "value": STEP_ID}]

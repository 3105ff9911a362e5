"""Documents with nulls and values of other types: forms refuse them at their place, or send what ECS takes."""

import json
from typing import Any

import pytest

from clusters.models import Cluster
from ecsdash.access.models import User
from ecsdash.aws import shapes
from ecsdash.operations.actions import ACTIONS, ActionContext, as_query
from tests.services.definitions import ROLE, container, fargate
from tests.services.simulated_tasks import SimulatedTasks

CALLS = {
    "register_task_definition": "ecs.register_task_definition",
    "create_service": "ecs.create_service",
    "run_task": "ecs.run_task",
}
ODD: list[Any] = ["text", 5, [], [None], ["text"], [{}], {}, {"a": None}, True]


@pytest.mark.parametrize("name", CALLS)
def test_a_value_of_another_type_is_refused_and_breaks_no_form(
    stage_without_aws: SimulatedTasks, operator: User, name: str
) -> None:
    action, scope = ACTIONS[name], stage_without_aws.scope
    cluster = Cluster(account=scope.account, region=scope.region, name="shop") if name == "create_service" else None
    context = ActionContext(scope, operator, cluster)
    members = shapes.members(CALLS[name])
    known = {"serviceName": "web", "taskDefinition": "web", "family": "web", "cluster": "shop"}
    base = {member: known[member] for member in members if member in known}
    nothing = dict.fromkeys(members) | base
    others = [base | {member: ODD[number % len(ODD)]} for number, member in enumerate(members)]
    for document in (nothing, dict.fromkeys(members), *others):
        action.form_class(as_query({"json": json.dumps(document)}), context=context).is_valid()


def test_nulls_are_left_out_of_the_call(stage_without_aws: SimulatedTasks, operator: User) -> None:
    action, context = ACTIONS["register_task_definition"], ActionContext(stage_without_aws.scope, operator)
    app = container("app", "demo/app:1.0", memory=128)
    document = fargate({**app, "logConfiguration": None, "ulimits": None}, executionRoleArn=ROLE, volumes=None)
    form = action.form_class(as_query({"json": json.dumps(document)}), context=context)
    assert form.is_valid(), form.errors
    (step,) = action.plan(context, form.cleaned_data).steps
    assert step.params["containerDefinitions"] == [app]
    assert "volumes" not in step.params

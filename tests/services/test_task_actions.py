"""Running and stopping tasks: the plan, what is refused, and the way to the end."""

import re
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone

from clusters.forms.tags import group_data
from clusters.models import CapacityProvider, SecurityGroup, Subnet
from ecsdash.access.models import OwnershipRule, User
from ecsdash.inventory.models import Resource
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Level, Plan, Repeat
from ecsdash.operations.states import OperationState
from tests.operations import drive
from tests.services.simulated_tasks import SimulatedTasks

NO_ROWS = {f"{group}-{kind}_FORMS": "0" for group in ("strategy", "overrides", "tags") for kind in ("TOTAL", "INITIAL")}


def run_data(stage: SimulatedTasks, **more: Any) -> dict[str, Any]:
    return {
        "task_definition": "web-front:1",
        "cluster": "shop",
        "count": 1,
        "compute": "FARGATE",
        "subnets": stage.subnets(),
        "security_groups": [],
        "assign_public_ip": "on",
        "started_by": "",
        **NO_ROWS,
        **more,
    }


def override(**fields: str) -> dict[str, str]:
    return {
        "overrides-TOTAL_FORMS": "1",
        "overrides-INITIAL_FORMS": "0",
        **{f"overrides-0-{name}": value for name, value in fields.items()},
    }


def strategy(*lines: tuple[str, int, int]) -> dict[str, Any]:
    rows = [{"provider": provider, "base": base, "weight": weight} for provider, base, weight in lines]
    return {"compute": "strategy", **group_data("strategy", rows)}


def tags(*pairs: tuple[str, str]) -> dict[str, Any]:
    return group_data("tags", [{"key": key, "value": value} for key, value in pairs])


def plan_of(stage: SimulatedTasks, user: User, **more: Any) -> Plan:
    return drive.review("run_task", user, stage.scope, stage.place(), run_data(stage, **more)).plan


def levels(plan: Plan) -> set[Level]:
    return {check.level for check in plan.checks}


def run(stage: SimulatedTasks, user: User, **more: Any) -> Operation:
    return drive.start("run_task", user, stage.scope, stage.place(), run_data(stage, **more))


def test_running_is_one_call_that_aws_recognises_when_it_is_repeated(stage: SimulatedTasks, operator: User) -> None:
    plan = plan_of(stage, operator, count=3, started_by="nightly")
    (step,) = plan.steps
    assert (step.call, step.repeat, step.until) == ("ecs.run_task", Repeat.TOKEN, "tasks_started")
    assert step.params == {
        "cluster": "shop",
        "taskDefinition": "web-front:1",
        "count": 3,
        "launchType": "FARGATE",
        "networkConfiguration": {
            "awsvpcConfiguration": {"subnets": stage.subnets(), "assignPublicIp": "ENABLED"},
        },
        "startedBy": "nightly",
    }
    assert levels(plan) == {Level.OK}


def test_only_what_is_filled_in_overrides_the_definition(stage: SimulatedTasks, operator: User) -> None:
    more = override(container="web", command="sh -c 'exit 3'", environment="A=1\nB=x=y", memory="256")
    (step,) = plan_of(stage, operator, **more).steps
    assert step.params["overrides"]["containerOverrides"] == [
        {
            "name": "web",
            "command": ["sh", "-c", "exit 3"],
            "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "x=y"}],
            "memory": 256,
        }
    ]


def test_capacity_providers_take_the_place_of_the_launch_type(stage: SimulatedTasks, operator: User) -> None:
    rows = {"strategy-TOTAL_FORMS": "1", "strategy-0-provider": "FARGATE_SPOT", "strategy-0-weight": "2"}
    (step,) = plan_of(stage, operator, compute="strategy", **rows, **{"strategy-0-base": "1"}).steps
    assert "launchType" not in step.params
    assert step.params["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE_SPOT", "weight": 2, "base": 1}]


def test_what_cannot_run_there_is_said_before_it_is_tried(stage: SimulatedTasks, operator: User) -> None:
    plan = plan_of(stage, operator, compute="EC2")
    titles = {check.title for check in plan.checks if check.level is Level.BLOCK}
    assert titles == {"web-front:1 does not run on EC2", "shop has no active container instances"}


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"count": 11}, "count", "at most 10"),
        ({"count": 0}, "count", "greater than or equal to 1"),
        ({"subnets": []}, "subnets", "Choose at least one subnet: web-front:1 uses the network mode awsvpc"),
        ({"task_definition": "web-front:9"}, "task_definition", "web-front:9 does not exist in demo / eu-central-1"),
        ({"cluster": "nowhere"}, "cluster", "nowhere does not exist in demo / eu-central-1"),
        ({"compute": "strategy"}, "compute", "Add at least one capacity provider"),
        (strategy(("FARGATE", 1, 1), ("FARGATE_SPOT", 1, 1)), "strategy", "Only one line can have a base"),
        (strategy(("FARGATE", 0, 0)), "strategy", "At least one line needs a weight above 0"),
        (strategy(("FARGATE", 0, 1), ("FARGATE", 0, 1)), "strategy", "can be used only once"),
        (strategy(("FARGATE", 0, 1), ("farm", 0, 1)), "strategy", "cannot contain both Fargate and Auto Scaling group"),
        (strategy(("farm", 0, 1)), "compute", "The cluster shop does not have the capacity provider farm"),
        (tags(("aws:team", "x")), "tags-0-key", "The prefix aws: is reserved"),
        (tags(("team", "a;b")), "tags-0-value", "Use letters, digits, spaces"),
        (tags(("team", "a"), ("team", "b")), "tags", "Duplicate keys: team"),
        (tags(*((f"key{n}", "") for n in range(51))), "tags", "at most 50"),
        (override(container="db", command="true"), "__all__", "has no container db"),
        (override(container="web", command="sh -c 'oops"), "overrides-0-command", "quotation mark"),
        (override(container="web", environment="A=1\nB"), "overrides-0-environment", "Line 2 is not NAME=value"),
    ],
)
def test_bad_input_is_refused_at_its_field(
    stage: SimulatedTasks, operator: User, more: dict[str, Any], field: str, words: str
) -> None:
    row(stage, CapacityProvider, "farm", status="ACTIVE")
    found = drive.errors("run_task", operator, stage.scope, stage.place(), run_data(stage, **more))
    assert words in " ".join(found[field]), found


def row(stage: SimulatedTasks, model: type[Resource], name: str, **columns: Any) -> None:
    place = {"account": stage.scope.account, "region": stage.scope.region, "observed_at": timezone.now()}
    model.objects.create(arn=f"arn:test:{model.NOUN}/{name}", name=name, **place, **columns)


def test_network_of_two_vpcs_is_refused(stage: SimulatedTasks, operator: User) -> None:
    row(stage, Subnet, "subnet-far", vpc_id="vpc-far", availability_zone="eu-central-1a")
    row(stage, SecurityGroup, "sg-far", vpc_id="vpc-far")

    subnets = run_data(stage, subnets=[*stage.subnets(), "subnet-far"])
    groups = run_data(stage, security_groups=["sg-far"])

    found = [drive.errors("run_task", operator, stage.scope, stage.place(), data) for data in (subnets, groups)]
    assert found == [
        {"subnets": ["The subnets are in different VPCs. Select subnets of one VPC."]},
        {"security_groups": [
            "These security groups are not in the VPC of the subnets: sg-far. Remove them."
        ]},
    ]  # fmt: skip


def test_a_strategy_that_is_not_chosen_does_not_matter(stage: SimulatedTasks, operator: User) -> None:
    wrong = strategy(("FARGATE", 1, 0), ("FARGATE", 1, 0))
    (step,) = plan_of(stage, operator, **{**wrong, "compute": "FARGATE"}).steps
    assert step.params["launchType"] == "FARGATE"


def test_tags_are_given_to_the_tasks(stage: SimulatedTasks, operator: User) -> None:
    (step,) = plan_of(stage, operator, **tags(("team", "shop"))).steps
    assert step.params["tags"] == [{"key": "team", "value": "shop"}]


def test_a_run_ends_when_all_its_tasks_run_and_then_they_can_be_stopped(stage: SimulatedTasks, operator: User) -> None:
    operation = drive.succeed(run(stage, operator, count=2), stage.sandbox)
    arn = operation.outputs[0]["value"]
    assert len(operation.outputs) == 2
    stage.sweep("tasks")
    task = stage.task(arn.rpartition("/")[2])
    assert task.last_status == "RUNNING"

    place = stage.place(task=task.name)
    draft = drive.review("stop_task", operator, stage.scope, place, {"reason": "no longer needed"})
    assert [check.title for check in draft.plan.checks] == ["This task is not restarted"]
    drive.succeed(drive.confirm(draft), stage.sandbox)
    stage.sweep("tasks")
    stopped = stage.task(task.name)
    assert (stopped.last_status, stopped.stopped_reason) == ("STOPPED", "no longer needed")


def test_a_task_that_fails_fails_the_run_with_its_reason(stage: SimulatedTasks, operator: User) -> None:
    operation = drive.drive(run(stage, operator, **override(container="web", command="exit 127")), stage.sandbox)
    steps = operation.steps.values_list("message", flat=True)
    if operation.state == OperationState.SUCCEEDED:
        pytest.fail(f"the task had run before it failed: {list(steps)}")
    assert "exited with code 127" in operation.error["message"]


def test_an_image_that_is_missing_is_named(stage: SimulatedTasks, operator: User) -> None:
    stage.register("nginx:missing")
    stage.sweep("task_definitions")
    operation = drive.drive(run(stage, operator, task_definition="web-front:2"), stage.sandbox)
    assert operation.state == OperationState.FAILED
    assert "The image nginx:missing does not exist" in operation.error["message"]


def test_a_task_that_was_stopped_meanwhile_is_not_stopped_again(stage: SimulatedTasks, operator: User) -> None:
    (task_id,) = stage.run()
    stage.let(30)
    operation = drive.start("stop_task", operator, stage.scope, stage.place(task=task_id), {"reason": ""})
    stage.client("ecs").stop_task(cluster="shop", task=task_id)
    drive.drive(operation, stage.sandbox)
    assert operation.state == OperationState.FAILED
    assert "desiredStatus is now STOPPED" in operation.error["message"]


def test_a_deployer_runs_and_stops_tasks_of_their_own_family_only(stage: SimulatedTasks, deployer: User) -> None:
    stage.register(family="billing")
    stage.sweep("task_definitions")
    assert "task_definition" in drive.errors("run_task", deployer, stage.scope, stage.place(), run_data(stage))
    OwnershipRule.objects.create(kind="task_definition", pattern="web-*", team=deployer.teams.get())
    assert plan_of(stage, deployer).resource_name == "web-front:1"
    found = drive.errors("run_task", deployer, stage.scope, stage.place(), run_data(stage, task_definition="billing:1"))
    assert "task_definition" in found
    (own,) = stage.run()
    (foreign,) = stage.run("billing")
    stage.let(30)
    assert drive.review("stop_task", deployer, stage.scope, stage.place(task=own), {"reason": ""})
    with pytest.raises(Http404):
        drive.review("stop_task", deployer, stage.scope, stage.place(task=foreign), {"reason": ""})


def test_the_review_names_what_is_used_and_who_owns_it(stage: SimulatedTasks, deployer: User) -> None:
    OwnershipRule.objects.create(kind="task_definition", pattern="web-*", team=deployer.teams.get())
    draft = drive.review("run_task", deployer, stage.scope, stage.place(), run_data(stage))
    client = Client()
    client.force_login(deployer)
    touched = client.get(f"/plans/{draft.pk}/").content.decode().partition('id="touched"')[2]
    assert re.search(r"uses task definition web-front <span[^>]*>team \w+</span>", touched)
    assert "uses cluster shop" in touched


def test_a_viewer_runs_nothing(stage: SimulatedTasks, viewer: User) -> None:
    found = drive.errors("run_task", viewer, stage.scope, stage.place(), run_data(stage))
    assert "cluster" in found

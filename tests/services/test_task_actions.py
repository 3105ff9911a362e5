"""Running and stopping tasks: the plan, what is refused, and the way to the end."""

import json
import re
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone

from clusters.models import CapacityProvider, SecurityGroup, Subnet
from ecsdash.access.models import OwnershipRule, User
from ecsdash.inventory.models import Resource
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Level, Plan, Repeat
from ecsdash.operations.states import OperationState
from tests.operations import drive
from tests.services.simulated_tasks import SimulatedTasks


def run_data(stage: SimulatedTasks, **members: Any) -> dict[str, Any]:
    """The form of run_task with these members of its document; None removes one."""
    network = {"subnets": stage.subnets(), "assignPublicIp": "ENABLED"}
    document = {
        "taskDefinition": "web-front:1",
        "cluster": "shop",
        "count": 1,
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": network},
        **members,
    }
    return {"json": json.dumps({name: value for name, value in document.items() if value is not None})}


def override(**members: Any) -> dict[str, Any]:
    return {"overrides": {"containerOverrides": [members]}}


def strategy(*lines: tuple[str, int, int]) -> dict[str, Any]:
    items = [{"capacityProvider": provider, "base": base, "weight": weight} for provider, base, weight in lines]
    return {"launchType": None, "capacityProviderStrategy": items}


def tags(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"tags": [{"key": key, "value": value} for key, value in pairs]}


def network(**members: Any) -> dict[str, Any]:
    return {"networkConfiguration": {"awsvpcConfiguration": members}}


def plan_of(stage: SimulatedTasks, user: User, **more: Any) -> Plan:
    return drive.review("run_task", user, stage.scope, stage.place(), run_data(stage, **more)).plan


def levels(plan: Plan) -> set[Level]:
    return {check.level for check in plan.checks}


def run(stage: SimulatedTasks, user: User, **more: Any) -> Operation:
    return drive.start("run_task", user, stage.scope, stage.place(), run_data(stage, **more))


def test_running_is_one_call_that_aws_recognises_when_it_is_repeated(stage: SimulatedTasks, operator: User) -> None:
    plan = plan_of(stage, operator, count=3, startedBy="nightly")
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


def test_every_member_goes_to_aws_as_it_is_typed(stage: SimulatedTasks, operator: User) -> None:
    members = {
        **override(
            name="web", command=["sh", "-c", "exit 3"], environment=[{"name": "A", "value": "x=y"}], memory=256,
            memoryReservation=128,
        ),
        "platformVersion": "1.4.0",
        "group": "nightly",
        "enableExecuteCommand": True,
        "enableECSManagedTags": True,
        "propagateTags": "TASK_DEFINITION",
    }  # fmt: skip
    members["overrides"] |= {"cpu": "512", "memory": "1024", "ephemeralStorage": {"sizeInGiB": 30}}
    (step,) = plan_of(stage, operator, **members).steps

    assert {name: step.params[name] for name in members} == members


def test_capacity_providers_take_the_place_of_the_launch_type(stage: SimulatedTasks, operator: User) -> None:
    (step,) = plan_of(stage, operator, **strategy(("FARGATE_SPOT", 1, 2))).steps
    assert "launchType" not in step.params
    assert step.params["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE_SPOT", "weight": 2, "base": 1}]


def test_what_cannot_run_there_is_said_before_it_is_tried(stage: SimulatedTasks, operator: User) -> None:
    stage.client("ecs").register_task_definition(
        family="web-front", containerDefinitions=[{"name": "web", "image": "nginx", "memory": 64}]
    )
    stage.sweep("task_definitions")
    plan = plan_of(stage, operator, launchType="EC2", taskDefinition="web-front:2")
    titles = {check.title for check in plan.checks if check.level is Level.BLOCK}
    assert titles == {"shop has no active container instances"}
    assert "networkConfiguration" not in plan.steps[0].params
    assert any("Left out: networking" in check.title for check in plan.checks)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"count": 11}, "11 tasks are out of range"),
        (network(subnets=["subnet-0"]), "The subnet subnet-0 does not exist in demo / eu-central-1"),
        ({"taskDefinition": "web-front:9"}, "web-front:9 does not exist in demo / eu-central-1"),
        ({"cluster": "nowhere"}, "nowhere is no active cluster"),
        (strategy(("farm", 0, 1)), "The cluster shop does not have the capacity provider farm"),
        (override(name="db", command=["true"]), "has no container"),
    ],
)
def test_bad_input_is_refused_at_its_place(
    stage: SimulatedTasks, operator: User, more: dict[str, Any], words: str
) -> None:
    row(stage, CapacityProvider, "farm", status="ACTIVE")
    found = drive.errors("run_task", operator, stage.scope, stage.place(), run_data(stage, **more))
    assert words in " ".join(found["__all__"]), found


def row(stage: SimulatedTasks, model: type[Resource], name: str, **columns: Any) -> None:
    place = {"account": stage.scope.account, "region": stage.scope.region, "observed_at": timezone.now()}
    model.objects.create(arn=f"arn:test:{model.NOUN}/{name}", name=name, **place, **columns)


def test_network_of_two_vpcs_is_refused(stage: SimulatedTasks, operator: User) -> None:
    row(stage, Subnet, "subnet-far", vpc_id="vpc-far", availability_zone="eu-central-1a")
    row(stage, SecurityGroup, "sg-far", vpc_id="vpc-far")

    subnets = run_data(stage, **network(subnets=[*stage.subnets(), "subnet-far"]))
    groups = run_data(stage, **network(subnets=stage.subnets(), securityGroups=["sg-far"]))

    found = [drive.errors("run_task", operator, stage.scope, stage.place(), data) for data in (subnets, groups)]
    assert ["different VPCs" in found[0]["__all__"][0], "sg-far" in found[1]["__all__"][0]] == [True, True]


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
    operation = drive.drive(run(stage, operator, **override(name="web", command=["exit", "127"])), stage.sandbox)
    steps = operation.steps.values_list("message", flat=True)
    if operation.state == OperationState.SUCCEEDED:
        pytest.fail(f"the task had run before it failed: {list(steps)}")
    assert "exited with code 127" in operation.error["message"]


def test_an_image_that_is_missing_is_named(stage: SimulatedTasks, operator: User) -> None:
    stage.register("nginx:missing")
    stage.sweep("task_definitions")
    operation = drive.drive(run(stage, operator, taskDefinition="web-front:2"), stage.sandbox)
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
    refused = drive.errors("run_task", deployer, stage.scope, stage.place(), run_data(stage))
    assert "you may not use this task definition" in refused["__all__"][0]
    OwnershipRule.objects.create(kind="task_definition", pattern="web-*", team=deployer.teams.get())
    assert plan_of(stage, deployer).resource_name == "web-front:1"
    found = drive.errors("run_task", deployer, stage.scope, stage.place(), run_data(stage, taskDefinition="billing:1"))
    assert "you may not use this task definition" in found["__all__"][0]
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
    assert "in which you may run tasks" in found["__all__"][0]

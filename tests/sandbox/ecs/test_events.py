"""What EventBridge is told about tasks, instances, deployments and services."""

from itertools import pairwise
from typing import Any

from tests.sandbox.ecs.stage import Json, Stage

TASK = "ECS Task State Change"
INSTANCE = "ECS Container Instance State Change"
DEPLOYMENT = "ECS Deployment State Change"
ACTION = "ECS Service Action"


def told(stage: Stage, detail_type: str, resource: str = "") -> list[Json]:
    return [
        detail for kind, resources, detail in stage.aws.told if kind == detail_type and resource in ("", *resources)
    ]


def run(stage: Stage, **params: Any) -> str:
    stage.cluster()
    stage.instance()
    answer = stage.call("RunTask", cluster="shop", taskDefinition=stage.register(**params))
    return str(answer["tasks"][0]["taskArn"])


def test_each_change_of_a_task_is_told_with_a_greater_version(stage: Stage) -> None:
    arn = run(stage)
    stage.step(30)
    stage.call("StopTask", cluster="shop", task=arn, reason="enough")
    stage.step(40)
    details = told(stage, TASK, arn)
    assert [detail["version"] for detail in details] == list(range(1, len(details) + 1))
    statuses = [detail["lastStatus"] for detail in details]
    assert [status for status, following in pairwise([*statuses, ""]) if status != following] == [
        "PENDING",
        "RUNNING",
        "STOPPING",
        "STOPPED",
    ]
    assert (details[-1]["stopCode"], details[-1]["stoppedReason"]) == ("UserInitiated", "enough")


def test_the_last_event_of_a_task_says_what_the_api_says(stage: Stage) -> None:
    arn = run(stage)
    stage.step(30)
    last, task = told(stage, TASK, arn)[-1], stage.task(arn)
    for name in ("version", "lastStatus", "desiredStatus", "clusterArn", "taskDefinitionArn", "group", "cpu"):
        assert last[name] == task[name]
    assert last["containers"][0]["runtimeId"] == task["containers"][0]["runtimeId"]


def test_times_in_events_are_text(stage: Stage) -> None:
    arn = run(stage)
    assert told(stage, TASK, arn)[0]["createdAt"] == "2027-01-15T08:00:00.000Z"


def test_an_instance_is_told_about_when_it_joins_fills_drains_and_leaves(stage: Stage) -> None:
    stage.cluster()
    arn = stage.instance()
    stage.call("RunTask", cluster="shop", taskDefinition=stage.register())
    stage.call("UpdateContainerInstancesState", cluster="shop", containerInstances=[arn], status="DRAINING")
    stage.call("DeregisterContainerInstance", cluster="shop", containerInstance=arn, force=True)
    details = told(stage, INSTANCE, arn)
    assert [detail["version"] for detail in details] == list(range(1, len(details) + 1))
    seen = [(detail["status"], detail["agentConnected"]) for detail in details]
    assert (seen[0], seen[-1]) == (("ACTIVE", True), ("INACTIVE", False))
    assert ("DRAINING", True) in seen


def test_a_deployment_is_told_about_when_it_begins_and_completes(stage: Stage) -> None:
    stage.cluster()
    arn = stage.fargate_service(stage.register_fargate())["serviceArn"]
    stage.step(40)
    details = told(stage, DEPLOYMENT, arn)
    assert [(detail["eventType"], detail["eventName"]) for detail in details] == [
        ("INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS"),
        ("INFO", "SERVICE_DEPLOYMENT_COMPLETED"),
    ]
    assert {detail["deploymentId"] for detail in details} == {stage.service()["deployments"][0]["id"]}


def test_a_deployment_that_fails_is_told_as_an_error(stage: Stage) -> None:
    stage.cluster()
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    stage.fargate_service(stage.register_fargate("nginx:missing"), deploymentConfiguration=breaker)
    stage.step(120)
    last = told(stage, DEPLOYMENT)[-1]
    assert (last["eventType"], last["eventName"]) == ("ERROR", "SERVICE_DEPLOYMENT_FAILED")
    assert "deployment circuit breaker" in last["reason"]


def test_a_service_tells_of_its_steady_state_and_its_new_count(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate())
    stage.step(40)
    stage.call("UpdateService", cluster="shop", service="web", desiredCount=3)
    stage.step(40)
    details = told(stage, ACTION)
    assert [detail["eventName"] for detail in details] == [
        "SERVICE_STEADY_STATE",
        "SERVICE_DESIRED_COUNT_UPDATED",
        "SERVICE_STEADY_STATE",
    ]
    assert details[1]["desiredCount"] == 3
    assert all("version" not in detail for detail in details)


def test_a_task_without_room_is_told_as_an_error(stage: Stage) -> None:
    stage.cluster()
    arn = stage.instance(kind="t3.micro")
    definition = stage.register(container={"memory": 4096})
    stage.call("CreateService", cluster="shop", serviceName="big", taskDefinition=definition, desiredCount=1)
    stage.step(10)
    (detail,) = told(stage, ACTION)
    assert (detail["eventType"], detail["eventName"]) == ("ERROR", "SERVICE_TASK_PLACEMENT_FAILURE")
    assert (detail["reason"], detail["containerInstanceArns"]) == ("RESOURCE:MEMORY", [arn])


def test_a_service_whose_tasks_keep_failing_warns_once(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate("nginx:crash"), count=1)
    stage.step(250)
    impaired = [detail for detail in told(stage, ACTION) if detail["eventName"] == "SERVICE_TASK_START_IMPAIRED"]
    assert [detail["eventType"] for detail in impaired] == ["WARN"]

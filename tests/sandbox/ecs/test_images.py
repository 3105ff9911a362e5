"""Failures on demand, chosen by the tag of the image, and those of the things around a container."""

from typing import Any

import pytest

from ecsdash.sandbox.ecs.aws_services import MissingImage
from ecsdash.sandbox.ecs.engine.behaviour import behaviour
from tests.sandbox.ecs.stage import NETWORK, ROLE, Json, Stage

ECR_IMAGE = "111111111111.dkr.ecr.eu-central-1.amazonaws.com/shop/web:5"
OPTIONS = {"awslogs-group": "/ecs/none", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "web"}
LOGGED = {"logDriver": "awslogs", "options": OPTIONS}


def stopped(stage: Stage, image: str, seconds: float = 40, **params: Any) -> Json:
    stage.cluster()
    definition = stage.register_fargate(image, **params)
    answer = stage.call(
        "RunTask", cluster="shop", taskDefinition=definition, launchType="FARGATE", networkConfiguration=NETWORK
    )
    stage.step(seconds)
    return stage.task(answer["tasks"][0]["taskArn"])


def test_a_missing_image_can_not_be_pulled(stage: Stage) -> None:
    task = stopped(stage, "registry.example/shop/web:missing")
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["stoppedReason"].startswith("CannotPullContainerError: ")
    assert "registry.example/shop/web:missing: not found" in task["containers"][0]["reason"]
    assert "exitCode" not in task["containers"][0]
    assert "startedAt" not in task


def test_an_image_that_ecr_does_not_have_can_not_be_pulled_on_fargate(stage: Stage) -> None:
    stage.aws.missing_images[ECR_IMAGE] = MissingImage("111111111111", "")
    task = stopped(stage, ECR_IMAGE)
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["stoppedReason"] == (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
        f"{ECR_IMAGE}: {ECR_IMAGE}: not found"
    )


@pytest.mark.parametrize(
    ("repository", "cause"),
    [
        ("", f"manifest for {ECR_IMAGE} not found: manifest unknown: Requested image not found"),
        (
            "shop/web",
            f"repository {ECR_IMAGE.removesuffix(':5')} not found: name unknown: The repository with name 'shop/web' "
            "does not exist in the registry with id '111111111111'",
        ),
    ],
)
def test_the_agent_on_an_instance_tells_what_ecr_does_not_have(stage: Stage, repository: str, cause: str) -> None:
    stage.aws.missing_images[ECR_IMAGE] = MissingImage("111111111111", repository)
    stage.cluster()
    stage.instance()
    definition = stage.register(ECR_IMAGE, executionRoleArn=ROLE)
    arn = stage.call("RunTask", cluster="shop", taskDefinition=definition)["tasks"][0]["taskArn"]
    stage.step(20)
    [container] = stage.task(arn)["containers"]
    assert container["reason"] == f"CannotPullContainerError: Error response from daemon: {cause}"


def test_a_task_without_a_free_address_fails_to_start(stage: Stage) -> None:
    stage.aws.full_subnets |= {"subnet-a", "subnet-b"}
    task = stopped(stage, "web:1")
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].endswith("InsufficientFreeAddressesInSubnet")


def test_a_crashing_container_takes_its_task_with_it(stage: Stage) -> None:
    task = stopped(stage, "web:crash")
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", 1)


def test_a_container_out_of_memory_says_so(stage: Stage) -> None:
    task = stopped(stage, "web:oom")
    assert task["containers"][0]["exitCode"] == 137
    assert task["containers"][0]["reason"].startswith("OutOfMemoryError: ")


def test_a_slow_container_takes_a_minute_to_start(stage: Stage) -> None:
    task = stopped(stage, "web:slow", seconds=40)
    assert task["lastStatus"] == "PENDING"
    stage.step(60)
    assert stage.task(task["taskArn"])["lastStatus"] == "RUNNING"


def test_an_unhealthy_container_runs_on_by_itself(stage: Stage) -> None:
    check = {"command": ["CMD", "true"], "interval": 10, "retries": 2}
    task = stopped(stage, "web:unhealthy", container={"healthCheck": check})
    assert (task["lastStatus"], task["healthStatus"]) == ("RUNNING", "UNHEALTHY")


def test_a_missing_log_group_stops_the_task_before_it_starts(stage: Stage) -> None:
    task = stopped(stage, "web:1", container={"logConfiguration": LOGGED})
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("ResourceInitializationError: failed to validate logger args")


def test_a_missing_log_group_is_created_when_the_container_asks_for_it(stage: Stage) -> None:
    options = LOGGED | {"options": OPTIONS | {"awslogs-create-group": "true"}}
    assert stopped(stage, "web:1", container={"logConfiguration": options})["lastStatus"] == "RUNNING"
    assert "/ecs/none" in stage.aws.log_groups


def test_a_missing_secret_stops_the_task_before_it_starts(stage: Stage) -> None:
    secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:db"
    stage.aws.missing_secrets.add(secret)
    task = stopped(stage, "web:1", container={"secrets": [{"name": "PASSWORD", "valueFrom": secret}]})
    assert task["stoppedReason"].startswith("ResourceInitializationError: unable to pull secrets or registry auth")
    assert secret in task["stoppedReason"]


def test_an_agent_on_an_instance_tells_the_cause_at_the_container(stage: Stage) -> None:
    stage.cluster()
    stage.instance()
    definition = stage.register("web:missing", executionRoleArn=ROLE)
    arn = stage.call("RunTask", cluster="shop", taskDefinition=definition)["tasks"][0]["taskArn"]
    stage.step(20)
    task = stage.task(arn)
    assert task["stoppedReason"] == "Task failed to start"
    assert task["containers"][0]["reason"].startswith("CannotPullContainerError")


@pytest.mark.parametrize(
    ("command", "seconds", "code"),
    [
        (["true"], 0.5, 0),
        (["false"], 0.5, 1),
        (["exit 4"], 0.5, 4),
        (["sleep", "30"], 30.0, 0),
        (["sh", "-c", "sleep 2 && sleep 3; exit 7"], 5.0, 7),
        (["nginx", "-g", "daemon off;"], None, 0),
        ([], None, 0),
    ],
)
def test_a_plain_command_does_what_it_says(command: list[str], seconds: float | None, code: int) -> None:
    outcome = behaviour("shop/tool:1", command)
    assert (outcome.runs_for, outcome.exit_code) == (seconds, code)


def test_a_registry_port_is_not_a_tag() -> None:
    assert behaviour("localhost:5000/missing", []).pullable
    assert not behaviour("localhost:5000/web:missing", []).pullable

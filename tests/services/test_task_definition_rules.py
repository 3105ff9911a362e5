"""What ECS would refuse is said at the field that should change."""

from typing import Any

import pytest

from services.forms.task_definition.rules import problems
from tests.services.definitions import ROLE, SECRET, container, fargate

LOGS = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web", "awslogs-region": "eu-central-1"}}


def ec2(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"family": "web", "containerDefinitions": list(containers), "memory": "512", **more}


WRONG: list[tuple[str, dict[str, Any], str, int | None, str]] = [
    ("no container", {"family": "web", "containerDefinitions": []}, "", None, "at least one container"),
    ("no essential container", fargate(container(essential=False)), "essential", 0, "must be essential"),
    ("two of one name", fargate(container(), container()), "name", 0, "Two containers are called web"),
    ("a volume that is not there", fargate(container(mountPoints=[{"sourceVolume": "data"}])), "mounts", 0,
     "The volume data does not exist"),
    ("a Fargate task in bridge mode", fargate(networkMode="bridge"), "network_mode", None, "awsvpc"),
    ("a CPU size that Fargate lacks", fargate(cpu="300"), "cpu", None, "256 (0.25 vCPU), 512"),
    ("memory that does not go with the CPU", fargate(memory="4096"), "memory", None, "512 to 2048"),
    ("memory between two steps", fargate(cpu="1024", memory="2500"), "memory", None, "in steps of 1024"),
    ("secrets without a role", fargate(container(secrets=[{"name": "A", "valueFrom": SECRET}])), "execution_role", None,
     "execution role"),
    ("logs without a role", fargate(container(logConfiguration=LOGS)), "execution_role", None, "execution role"),
    ("an ECR image without a role", fargate(container(image="1.dkr.ecr.eu-central-1.amazonaws.com/a:1")),
     "execution_role", None, "ECR"),
    ("another host port in awsvpc", fargate(container(portMappings=[{"containerPort": 80, "hostPort": 81}])), "ports",
     0, "Leave it empty or enter 80"),
    ("a port without its number", fargate(container(portMappings=[{"protocol": "tcp"}])), "ports", 0, "is missing"),
    ("one port twice", fargate(container(portMappings=[{"containerPort": 80}] * 2)), "ports", 0, "mapped twice"),
    ("ports without a network", ec2(container(portMappings=[{"containerPort": 80}]), networkMode="none"), "ports", 0,
     "does not support ports"),
    ("no memory anywhere", ec2(container(), memory=""), "memory", 0, "memory limit"),
    ("a reservation above the limit", ec2(container(memory=64, memoryReservation=128)), "memory_reservation", 0,
     "less than"),
    ("containers larger than the task", fargate(container(memory=600)), "memory", 0, "600 MiB in total"),
    ("a variable that is set twice",
     fargate(container(environment=[{"name": "A", "value": "1"}], secrets=[{"name": "A", "valueFrom": SECRET}]),
             executionRoleArn=ROLE), "environment", 0, "set twice"),
    ("waiting for nobody", fargate(container(dependsOn=[{"containerName": "db", "condition": "START"}])), "depends_on",
     0, "The container db does not exist"),
    ("waiting for health without a check",
     fargate(container(dependsOn=[{"containerName": "db", "condition": "HEALTHY"}]), container("db")), "depends_on", 0,
     "no health check"),
    ("waiting for the end of an essential one",
     fargate(container(dependsOn=[{"containerName": "db", "condition": "SUCCESS"}]), container("db")), "depends_on", 0,
     "is essential"),
    ("a cycle",
     fargate(container(dependsOn=[{"containerName": "b", "condition": "START"}]),
             container("b", dependsOn=[{"containerName": "web", "condition": "START"}])), "depends_on", 0,
     "depend on each other"),
    ("a path of the host on Fargate", fargate(volumes=[{"name": "v", "host": {"sourcePath": "/v"}}]), "volumes", None,
     "empty or on EFS"),
    ("a privileged container on Fargate", fargate(container(privileged=True)), "", 0, "privileged"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "definition", "field", "position", "words"), WRONG, ids=[each[0] for each in WRONG])
def test_it_is_refused_at_its_field(
    what: str, definition: dict[str, Any], field: str, position: int | None, words: str
) -> None:
    found = problems(definition)
    assert any((each.field, each.container) == (field, position) and words in each.message for each in found), found


@pytest.mark.parametrize(
    "definition",
    [
        fargate(),
        fargate(cpu=".25 vCPU", memory="0.5 GB"),
        fargate(cpu="16384", memory="122880"),
        fargate(container(logConfiguration=LOGS, secrets=[{"name": "A", "valueFrom": SECRET}]), executionRoleArn=ROLE),
        ec2(container(portMappings=[{"containerPort": 80, "hostPort": 0}], privileged=True)),
        fargate(container(dependsOn=[{"containerName": "init", "condition": "SUCCESS"}]),
                container("init", essential=False)),
    ],
    ids=["small", "sizes in words", "large", "with a role", "on EC2", "after an init container"],
)  # fmt: skip
def test_what_ecs_takes_is_not_refused(definition: dict[str, Any]) -> None:
    assert problems(definition) == []

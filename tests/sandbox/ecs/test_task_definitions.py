from typing import Any

import pytest

from tests.sandbox.ecs.stage import NETWORK, ROLE, Stage

WEB = {"name": "web", "image": "nginx:1.27", "memory": 128}
FARGATE = {
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": ROLE,
}


def test_each_registration_is_a_new_revision_and_no_number_is_used_twice(stage: Stage) -> None:
    assert stage.register().endswith(":task-definition/web:1")
    second = stage.register()
    stage.call("DeregisterTaskDefinition", taskDefinition=second)
    stage.call("DeleteTaskDefinitions", taskDefinitions=[second])
    stage.step(90)
    assert stage.register().endswith(":task-definition/web:3")


def test_a_family_alone_means_its_latest_active_revision(stage: Stage) -> None:
    first, second = stage.register(), stage.register()
    assert stage.call("DescribeTaskDefinition", taskDefinition="web")["taskDefinition"]["taskDefinitionArn"] == second
    stage.call("DeregisterTaskDefinition", taskDefinition="web:2")
    assert stage.call("DescribeTaskDefinition", taskDefinition="web")["taskDefinition"]["taskDefinitionArn"] == first


def test_a_description_fills_in_the_defaults(stage: Stage) -> None:
    arn = stage.register(container={"portMappings": [{"containerPort": 80}], "healthCheck": {"command": ["CMD", "x"]}})
    body = stage.call("DescribeTaskDefinition", taskDefinition=arn)["taskDefinition"]
    container = body["containerDefinitions"][0]
    assert container["essential"] is True
    assert container["portMappings"] == [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}]
    assert container["healthCheck"] == {"command": ["CMD", "x"], "interval": 30, "timeout": 5, "retries": 3}
    assert body["compatibilities"] == ["EC2"]


def test_sizes_may_be_written_with_their_units(stage: Stage) -> None:
    arn = stage.register_fargate(cpu=".25 vCPU".replace(".", "0."), memory="0.5 GB")
    body = stage.call("DescribeTaskDefinition", taskDefinition=arn)["taskDefinition"]
    assert (body["cpu"], body["memory"]) == ("256", "512")


def test_tags_are_told_only_when_asked_for(stage: Stage) -> None:
    arn = stage.register(tags=[{"key": "team", "value": "web"}])
    assert "tags" not in stage.call("DescribeTaskDefinition", taskDefinition=arn)
    assert stage.call("DescribeTaskDefinition", taskDefinition=arn, include=["TAGS"])["tags"][0]["key"] == "team"


def test_revisions_and_families_are_listed_by_status(stage: Stage) -> None:
    first, second = stage.register(), stage.register()
    other = stage.register(family="worker")
    stage.call("DeregisterTaskDefinition", taskDefinition=other)
    assert stage.call("ListTaskDefinitions")["taskDefinitionArns"] == [first, second]
    assert stage.call("ListTaskDefinitions", sort="DESC")["taskDefinitionArns"] == [second, first]
    assert stage.call("ListTaskDefinitions", status="INACTIVE")["taskDefinitionArns"] == [other]
    assert stage.call("ListTaskDefinitionFamilies")["families"] == ["web", "worker"]
    assert stage.call("ListTaskDefinitionFamilies", status="ACTIVE")["families"] == ["web"]
    assert stage.call("ListTaskDefinitionFamilies", familyPrefix="wor", status="INACTIVE")["families"] == ["worker"]


def test_only_a_deregistered_revision_is_deleted(stage: Stage) -> None:
    arn = stage.register()
    assert stage.call("DeleteTaskDefinitions", taskDefinitions=[arn])["failures"][0]["arn"] == arn
    stage.call("DeregisterTaskDefinition", taskDefinition=arn)
    deleted = stage.call("DeleteTaskDefinitions", taskDefinitions=[arn])["taskDefinitions"][0]
    assert deleted["status"] == "DELETE_IN_PROGRESS"
    stage.step(90)
    assert stage.refused("DescribeTaskDefinition", taskDefinition=arn).message == "Unable to describe task definition."


def test_a_deleted_revision_stays_while_a_service_uses_it(stage: Stage) -> None:
    stage.cluster()
    arn = stage.register_fargate()
    stage.fargate_service(arn)
    stage.call("DeregisterTaskDefinition", taskDefinition=arn)
    stage.call("DeleteTaskDefinitions", taskDefinitions=[arn])
    stage.step(90)
    described = stage.call("DescribeTaskDefinition", taskDefinition=arn)["taskDefinition"]
    assert described["status"] == "DELETE_IN_PROGRESS"


def test_an_inactive_revision_starts_nothing(stage: Stage) -> None:
    stage.cluster()
    arn = stage.register()
    stage.call("DeregisterTaskDefinition", taskDefinition=arn)
    error = stage.refused("RunTask", cluster="shop", taskDefinition=arn)
    assert (error.code, error.message) == ("ClientException", "TaskDefinition is inactive")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"family": "my web"}, "Family contains invalid characters"),
        ({"containerDefinitions": []}, "Container list cannot be empty"),
        ({"containerDefinitions": [WEB | {"name": "a b"}]}, "Container.name contains invalid characters"),
        ({"containerDefinitions": [WEB | {"image": ""}]}, "Container.image should not be null or empty"),
        ({"containerDefinitions": [WEB | {"image": "ngi nx"}]}, "Container.image contains invalid characters"),
        ({"containerDefinitions": [WEB, WEB]}, "must be unique"),
        (
            {
                "executionRoleArn": ROLE,
                "containerDefinitions": [WEB | {"secrets": [{"name": "A", "valueFrom": "arn:aws:s3:::b"}]}],
            },
            "parameter name specified for secret A is invalid",
        ),
        ({"containerDefinitions": [WEB | {"essential": False}]}, "at least one essential container"),
        ({"containerDefinitions": [{"name": "web", "image": "nginx"}]}, "At least one of 'memory'"),
        ({"containerDefinitions": [WEB | {"memory": 4}]}, "at least 6 MiB"),
        ({"containerDefinitions": [WEB | {"memoryReservation": 256}]}, "must be greater than 'memoryReservation'"),
        ({"containerDefinitions": [WEB | {"mountPoints": [{"sourceVolume": "data"}]}]}, "Unknown volume 'data'"),
        ({"containerDefinitions": [WEB | {"volumesFrom": [{"sourceContainer": "db"}]}]}, "Unknown container 'db'"),
        (
            {"containerDefinitions": [WEB | {"dependsOn": [{"containerName": "db", "condition": "START"}]}]},
            "container 'db' does not exist",
        ),
        (
            {"containerDefinitions": [WEB | {"secrets": [{"name": "A", "valueFrom": "b"}]}]},
            "you must also specify a value for 'executionRoleArn'",
        ),
        (
            {"containerDefinitions": [WEB | {"logConfiguration": {"logDriver": "awslogs", "options": {}}}]},
            "Log driver awslogs requires options: awslogs-group",
        ),
        (
            {
                "networkMode": "awsvpc",
                "containerDefinitions": [WEB | {"portMappings": [{"containerPort": 80, "hostPort": 8080}]}],
            },
            "When networkMode=awsvpc, the host ports and container ports",
        ),
        ({"containerDefinitions": [WEB | {"portMappings": [{"containerPort": 70000}]}]}, "Invalid port 70000"),
        ({"memory": "64"}, "greater than the task's memory 64"),
        ({"cpu": "lots"}, "Invalid 'cpu' setting for task"),
        (FARGATE | {"networkMode": "bridge"}, "Fargate only supports network mode"),
        (FARGATE | {"cpu": "256", "memory": "4096"}, "No Fargate configuration exists for given values: 256 CPU, 4096"),
        (FARGATE | {"cpu": "300"}, "No Fargate configuration exists"),
        (FARGATE | {"memory": None}, "Fargate requires that 'memory' be defined at the task level"),
        (FARGATE | {"containerDefinitions": [WEB | {"privileged": True}]}, "privileged"),
        (
            FARGATE | {"volumes": [{"name": "data", "host": {"sourcePath": "/data"}}]},
            "Fargate does not support host volumes",
        ),
        (
            FARGATE
            | {
                "executionRoleArn": None,
                "containerDefinitions": [
                    WEB
                    | {
                        "logConfiguration": {
                            "logDriver": "awslogs",
                            "options": {"awslogs-group": "/ecs/web", "awslogs-region": "eu-central-1"},
                        }
                    }
                ],
            },
            "execution role ARN to support log driver awslogs",
        ),
        (
            FARGATE
            | {
                "executionRoleArn": None,
                "containerDefinitions": [WEB | {"image": "1.dkr.ecr.eu-central-1.amazonaws.com/web:1"}],
            },
            "execution role ARN to support ECR images",
        ),
    ],
)
def test_a_bad_definition_is_refused_with_its_reason(stage: Stage, changes: dict[str, Any], words: str) -> None:
    params = {"family": "web", "containerDefinitions": [WEB]} | changes
    given = {name: value for name, value in params.items() if value is not None}
    error = stage.refused("RegisterTaskDefinition", **given)
    assert words in error.message
    assert error.code in ("ClientException", "InvalidParameterException")


def test_a_cycle_of_dependencies_is_refused(stage: Stage) -> None:
    containers = [
        {"name": name, "image": "nginx", "memory": 64, "dependsOn": [{"containerName": other, "condition": "START"}]}
        for name, other in (("a", "b"), ("b", "a"))
    ]
    error = stage.refused("RegisterTaskDefinition", family="web", containerDefinitions=containers)
    assert "form a cycle: a -> b -> a" in error.message


def test_a_definition_for_instances_only_does_not_run_on_fargate(stage: Stage) -> None:
    stage.cluster()
    arn = stage.register()
    error = stage.refused(
        "RunTask", cluster="shop", taskDefinition=arn, launchType="FARGATE", networkConfiguration=NETWORK
    )
    assert error.message == "Task definition does not support launch_type FARGATE."

"""Task definitions for tests: one with about everything in it, and the data of the form that registers one."""

from typing import Any

from django.http import QueryDict

from services.forms.task_definition.declaration import TASK_DEFINITION
from tests.web.forms.document.sample import posted

ROLE = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/database-password-AbCdEf"


def container(name: str = "web", image: str = "shop/web:1", **more: Any) -> dict[str, Any]:
    return {"name": name, "image": image, "essential": True, **more}


def fargate(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "family": "web",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": list(containers) or [container()],
        **more,
    }


def rich() -> dict[str, Any]:
    """With members that the form shows and members that it does not know."""
    web = container(
        portMappings=[
            {"containerPort": 8080, "hostPort": 8080, "protocol": "tcp", "name": "http", "appProtocol": "http"}
        ],
        environment=[{"name": "STAGE", "value": "test"}, {"name": "TEXT", "value": "two\nlines "}],
        secrets=[{"name": "PASSWORD", "valueFrom": SECRET}],
        command=["sh", "-c", 'echo "a b"; [ -f /x ]'],
        entryPoint=["/bin/entry point"],
        workingDirectory="/srv",
        mountPoints=[{"sourceVolume": "data", "containerPath": "/data", "readOnly": False}],
        dependsOn=[{"containerName": "proxy", "condition": "HEALTHY"}],
        logConfiguration={
            "logDriver": "awslogs",
            "options": {"awslogs-group": "/ecs/web", "awslogs-region": "us-west-2", "mode": "non-blocking"},
        },
        ulimits=[{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}],
        linuxParameters={"initProcessEnabled": True},
        cpu=0,
        memoryReservation=256,
        volumesFrom=[],
        systemControls=[],
    )
    proxy = container(
        "proxy",
        "proxy@sha256:" + "0" * 64,
        essential=False,
        healthCheck={"command": ["CMD", "/check", "--all"], "interval": 10, "retries": 2},
        logConfiguration={"logDriver": "splunk", "options": {"splunk-url": "https://logs.example"}},
        cpu=64,
        environment=[],
        portMappings=[{"containerPortRange": "9000-9010", "protocol": "udp"}],
    )
    return fargate(
        web,
        proxy,
        executionRoleArn=ROLE,
        volumes=[
            {"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryption": "ENABLED"}},
            {"name": "scratch", "host": {}},
            {"name": "docker", "dockerVolumeConfiguration": {"scope": "task"}},
        ],
        runtimePlatform={"cpuArchitecture": "ARM64"},
        placementConstraints=[],
        tags=[{"key": "team", "value": "shop"}],
    )


def form_data(definition: dict[str, Any], **more: str) -> QueryDict:
    """Return what a browser posts when the form shows `definition`."""
    data = posted(definition, form=TASK_DEFINITION)
    for name, value in {"create_log_groups": "on", "fill_logs": "on", **more}.items():
        data[name] = value
    return data

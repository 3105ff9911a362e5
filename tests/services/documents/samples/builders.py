"""Builders of task definitions for samples."""

from typing import Any

from tests.services.definitions import SECRET, fargate

Document = dict[str, Any]
LOGS: Document = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/ecs/web", "awslogs-region": "eu-central-1"},
}
HEALTH = {"command": ["CMD-SHELL", "true"]}
DIGEST = "sha256:" + "0" * 64
CREDENTIALS = {"credentialsParameter": SECRET}
SHARED_GPU = {"type": "GPU", "sharingStrategy": {"nvidiaMps": {"memory": 1024}}}
MESH = {
    "containerName": "app",
    "properties": [{"name": name, "value": "1"} for name in (
        "ProxyIngressPort", "ProxyEgressPort", "AppPorts", "IgnoredUID")],
}  # fmt: skip
WINDOWS = {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}


def base(_container: Document | None = None, **more: Any) -> Document:
    """The document that the samples change: one container, nothing else."""
    app = {"name": "app", "image": "demo/app:1.0", "memory": 128, **(_container or {})}
    return {"family": "f", "containerDefinitions": [app], **more}


def on_fargate(_container: Document | None = None, **more: Any) -> Document:
    return fargate({"name": "app", "image": "demo/app:1.0", **(_container or {})}, **more)


def two(other: Document, **more: Any) -> Document:
    document = base(more)
    document["containerDefinitions"].append({"name": "db", "image": "demo/db:1.0", "memory": 128, **other})
    return document


def volume(**more: Any) -> Document:
    return {"volumes": [{"name": "data", **more}]}


def efs(**more: Any) -> Document:
    return volume(efsVolumeConfiguration={"fileSystemId": "fs-0123456789abcdef0", **more})


def ports(*mappings: Document) -> Document:
    return {"portMappings": list(mappings)}


def depends(name: str, condition: str = "START") -> Document:
    return {"dependsOn": [{"containerName": name, "condition": condition}]}


APP = "/containerDefinitions/0"

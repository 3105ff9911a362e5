"""The rules of RegisterTaskDefinition that botocore's model does not state, with the messages of ECS."""

import re

from ecsdash.sandbox.ecs.definition_rules import (
    compatibility,
    containers,
    dependencies,
    fargate,
    linux,
    logs,
    network_modes,
    ports,
    resources,
    volumes,
)
from ecsdash.sandbox.ecs.definition_rules.fargate import check_fargate
from ecsdash.sandbox.ecs.definition_rules.resources import size
from ecsdash.sandbox.ecs.errors import client_error
from ecsdash.sandbox.ecs.models import Json

__all__ = ["check_definition", "check_fargate", "compatibility", "size"]

_FAMILY = re.compile(r"[A-Za-z0-9_-]{1,255}")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+|[A-Za-z0-9+=,.@_/-]{1,512}")


def check_definition(params: Json) -> None:
    """`params` with task-level cpu and memory already turned into whole numbers (see `size`)."""
    if not _FAMILY.fullmatch(params["family"]):
        raise client_error("Family contains invalid characters.")
    for role in ("taskRoleArn", "executionRoleArn"):
        if params.get(role) and not _ROLE.fullmatch(params[role]):
            raise client_error("Role is not valid.")
    containers.check_all(params)
    for container in params["containerDefinitions"]:
        resources.check_container(params, container)
        linux.check_container(container)
        ports.check_container(params, container)
        logs.check_container(container)
    network_modes.check(params)
    ports.check_task(params)
    logs.check_routers(params["containerDefinitions"])
    volumes.check(params)
    dependencies.check(params["containerDefinitions"])
    if "FARGATE" in params.get("requiresCompatibilities", []):
        fargate.check_fargate(params)
    else:
        compatibility.check_instances(params)
    resources.check_sums(params)

"""Form fields of a task definition. Keys without a form field are omitted; `build` keeps them."""

import json
from collections.abc import Mapping
from typing import Any

from ecsdash.masking import is_fingerprint
from services.forms.task_definition.field_text import text_of
from services.forms.task_definition.rules import number

Json = Mapping[str, Any]


def fields_of(definition: Json) -> dict[str, Any]:
    """Return the initial values of RegisterTaskDefinitionForm; its groups are lists by name."""
    compatibilities = set(definition.get("requiresCompatibilities", []))
    return {
        "family": definition.get("family", ""),
        "compatibility": _compatibility(compatibilities),
        "network_mode": definition.get("networkMode") or "bridge",
        "cpu": number(definition.get("cpu")) or None,
        "memory": number(definition.get("memory")) or None,
        "task_role": definition.get("taskRoleArn", ""),
        "execution_role": definition.get("executionRoleArn", ""),
        "volumes": [_volume(each) for each in definition.get("volumes", [])],
        "containers": [_container(each) for each in definition.get("containerDefinitions", [])],
        "tags": [{"key": each.get("key", ""), "value": each.get("value", "")} for each in definition.get("tags", [])],
    }


def _compatibility(compatibilities: set[str]) -> str:
    if {"FARGATE", "EC2"} <= compatibilities:
        return "BOTH"
    return "FARGATE" if "FARGATE" in compatibilities else "EC2"


def _volume(volume: Json) -> dict[str, Any]:
    efs, path = volume.get("efsVolumeConfiguration"), (volume.get("host") or {}).get("sourcePath", "")
    if efs is not None:
        source, root = efs.get("fileSystemId", ""), efs.get("rootDirectory", "")
        return {"name": volume.get("name", ""), "kind": "efs", "source": source, "root": root}
    known = {key for key, value in volume.items() if value not in (None, {}, False)} <= {"name", "host"}
    kind = ("host" if path else "empty") if known else "kept"
    return {"name": volume.get("name", ""), "kind": kind, "source": path, "root": ""}


def _container(container: Json) -> dict[str, Any]:
    name = container.get("name", "")
    return {
        "was": name,
        "name": name,
        "image": container.get("image", ""),
        "essential": container.get("essential", True),
        "cpu": container.get("cpu") or None,
        "memory": container.get("memory"),
        "memory_reservation": container.get("memoryReservation"),
        "entry_point": text_of(container.get("entryPoint", [])),
        "command": text_of(container.get("command", [])),
        "working_directory": container.get("workingDirectory", ""),
        **_health(container.get("healthCheck") or {}),
        **_logs(container.get("logConfiguration") or {}),
        "ports": [_port(each) for each in container.get("portMappings", []) if "containerPort" in each],
        "environment": [
            *({"name": e.get("name", ""), "kind": "value", "value": e.get("value", "")}
              for e in container.get("environment", [])),
            *({"name": e.get("name", ""), "kind": "secret", "value": e.get("valueFrom", "")}
              for e in container.get("secrets", [])),
        ],
        "mounts": [
            {"volume": e.get("sourceVolume", ""), "path": e.get("containerPath", ""), "read_only": e.get("readOnly")}
            for e in container.get("mountPoints", [])
        ],
        "depends_on": [
            {"container": e.get("containerName", ""), "condition": e.get("condition", "START")}
            for e in container.get("dependsOn", [])
        ],
    }  # fmt: skip


def _port(mapping: Json) -> dict[str, Any]:
    return {
        "container_port": mapping["containerPort"],
        "host_port": mapping.get("hostPort"),
        "protocol": mapping.get("protocol") or "tcp",
        "name": mapping.get("name", ""),
    }


def _health(check: Json) -> dict[str, Any]:
    command = check.get("command", [])
    in_shell = len(command) == 2 and command[0] == "CMD-SHELL"
    hidden = len(command) == 1 and is_fingerprint(command[0])
    return {
        "health_command": command[-1] if in_shell or hidden else json.dumps(command) if command else "",
        "health_interval": check.get("interval"),
        "health_timeout": check.get("timeout"),
        "health_retries": check.get("retries"),
        "health_start_period": check.get("startPeriod"),
    }


def _logs(configuration: Json) -> dict[str, Any]:
    driver, options = configuration.get("logDriver", ""), configuration.get("options", {})
    if driver == "awslogs":
        group, prefix = options.get("awslogs-group", ""), options.get("awslogs-stream-prefix", "")
        return {"logs": "awslogs", "log_group": group, "log_prefix": prefix}
    return {"logs": "kept" if driver else "none", "log_group": "", "log_prefix": ""}

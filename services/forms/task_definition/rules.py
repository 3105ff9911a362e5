"""Findings of a task definition that block, at the fields of the form."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ecsdash.web.forms.document.findings import Finding, FindingLevel
from services.documents.findings import task_definition_findings

Definition = Mapping[str, Any]
CONTAINER: Final = re.compile(r"/containerDefinitions/(\d{1,4})/(.*)")
#: Fields by the members that they write. Other members have no field of their own.
CONTAINER_FIELDS: Final = {
    "name": "name", "image": "image", "essential": "essential", "cpu": "cpu", "memory": "memory",
    "memoryReservation": "memory_reservation", "entryPoint": "entry_point", "command": "command",
    "workingDirectory": "working_directory", "portMappings": "ports", "environment": "environment",
    "secrets": "environment", "mountPoints": "mounts", "dependsOn": "depends_on", "logConfiguration": "logs",
    "healthCheck": "health_command",
}  # fmt: skip
TASK_FIELDS: Final = {
    "family": "family", "networkMode": "network_mode", "cpu": "cpu", "memory": "memory", "taskRoleArn": "task_role",
    "executionRoleArn": "execution_role", "volumes": "volumes", "requiresCompatibilities": "compatibility",
    "tags": "tags",
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """A violated rule. `field` is a form field; `container` is its position, None for the whole task."""

    message: str
    field: str = ""
    container: int | None = None


def problems(definition: Definition) -> list[Problem]:
    return list(_problems(definition))


def _problems(definition: Definition) -> Iterator[Problem]:
    for finding in task_definition_findings(definition):
        if finding.level is not FindingLevel.BLOCK:
            continue
        match = CONTAINER.match(finding.pointer)
        if match:
            yield Problem(_message(finding), CONTAINER_FIELDS.get(match[2].partition("/")[0], ""), int(match[1]))
        else:
            member = finding.pointer.removeprefix("/").partition("/")[0]
            yield Problem(_message(finding), TASK_FIELDS.get(member, ""))


def _message(finding: Finding) -> str:
    return " ".join(filter(None, (f"{finding.what}.", finding.why, finding.how)))


def number(text: Any) -> int:
    """Return a task-level size of the API as a number: "1024", "1 vCPU", "2 GB"; 0 if missing or invalid."""
    words = str(text or "0").lower().replace("vcpu", " u").replace("gb", " u").split()
    try:
        return int(float(words[0]) * (1024 if len(words) > 1 else 1))
    except (ValueError, OverflowError):
        return 0

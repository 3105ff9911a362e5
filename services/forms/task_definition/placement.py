"""Checks whether a task definition can run on the chosen compute, and whether its variables resolve."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.operations.plan import Check, Level
from services.models import TaskDefinition

HOST_VARIABLE = re.compile(r"(?:^|_)HOST(?:NAME)?\Z", re.IGNORECASE)
#: A name without a dot, which only Service Connect or a link between containers resolves; a port may follow.
BARE_NAME = re.compile(r"\A[A-Za-z][A-Za-z0-9-]*(?::\d+)?\Z")


def compatibility(definition: TaskDefinition, data: Mapping[str, Any]) -> Iterator[Check]:
    """Yield the checks of the launch types. `data` is the cleaned form of run_task, or a service in its terms."""
    fits = definition.requires_compatibilities or ["EC2"]
    wanted = _launch_types(data)
    missing = sorted(wanted - set(fits))
    if not definition.active:
        yield Check(Level.BLOCK, f"{definition.name} is inactive", "", "Choose an active revision.")
    if missing:
        yield Check(
            Level.BLOCK,
            f"{definition.name} does not run on {missing[0]}",
            f"It is compatible with {', '.join(fits)}.",
            "Choose another launch type, or register a revision that is compatible with both.",
        )
    elif wanted:
        yield Check(Level.OK, f"{definition.name} runs on {', '.join(sorted(wanted))}")


def _launch_types(data: Mapping[str, Any]) -> set[str]:
    """Return the launch types in use; empty for the cluster's default strategy."""
    if data["compute"] == "strategy":
        return {"FARGATE" if each["provider"].startswith("FARGATE") else "EC2" for each in data["strategy"]}
    return set() if data["compute"] == "default" else {data["compute"]}


def unresolved_hosts(definition: TaskDefinition) -> Iterator[Check]:
    """Yield warnings for variables with a host name that does not resolve without Service Connect."""
    for container in definition.description.get("containerDefinitions", []):
        known = {"localhost", *(link.rpartition(":")[2] for link in container.get("links", []))}
        for variable in container.get("environment", []):
            value = variable.get("value", "")
            if (
                HOST_VARIABLE.search(variable["name"])
                and BARE_NAME.match(value)
                and value.partition(":")[0] not in known
            ):
                yield Check(
                    Level.WARN,
                    f"{variable['name']} of {container['name']} does not resolve",
                    "Service names do not resolve without Service Connect, which is off for this service.",
                    "Turn on Service Connect, or register a revision with the DNS name of a load balancer or database.",
                )

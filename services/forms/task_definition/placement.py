"""Checks whether a task definition can run on the chosen compute and network."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from clusters.models import Subnet
from clusters.selectors.container_instances import instances
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level
from services.models import TaskDefinition

HOST_VARIABLE = re.compile(r"(?:^|_)HOST(?:NAME)?\Z", re.IGNORECASE)
#: A name without a dot, which only Service Connect or a link between containers resolves; a port may follow.
BARE_NAME = re.compile(r"\A[A-Za-z][A-Za-z0-9-]*(?::\d+)?\Z")


def launch_checks(
    context: ActionContext, definition: TaskDefinition, data: Mapping[str, Any], without_instances: Level = Level.BLOCK
) -> tuple[Check, ...]:
    """Return the checks. `data` is the cleaned form of run_task, or a service in its terms. ECS refuses tasks, but no
    service, on EC2 in a cluster `without_instances`."""
    return (
        *_compatibility(definition, data),
        *_image_pull(context, definition, data),
        *room(context, definition, data, without_instances),
    )


def _compatibility(definition: TaskDefinition, data: Mapping[str, Any]) -> Iterator[Check]:
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


def _image_pull(context: ActionContext, definition: TaskDefinition, data: Mapping[str, Any]) -> Iterator[Check]:
    """Yield a warning if tasks in a public subnet have no public IP address, which image pulls require."""
    if definition.network_mode != "awsvpc" or data["compute"] == "EC2" or data["assign_public_ip"]:
        return
    public = choices(Subnet, context.user, context.scope).filter(name__in=data["subnets"], public=True)
    if public.exists():
        yield Check(
            Level.WARN,
            "The tasks have no public IP address in a public subnet",
            "Without a public IP address or VPC endpoints, the images cannot be pulled.",
            "Assign a public IP address, or choose private subnets with a NAT gateway.",
        )


def room(
    context: ActionContext, definition: TaskDefinition, data: Mapping[str, Any], without_instances: Level = Level.BLOCK
) -> Iterator[Check]:
    """Yield a check whether the tasks fit on the container instances by available CPU and memory."""
    if data["compute"] != "EC2":
        return
    cpu, memory = size_of(definition)
    rows = instances(context.user, context.scope, data["cluster"]).filter(status="ACTIVE", agent_connected=True)
    fitting = sum(_fits(row.remaining_cpu, row.remaining_memory, cpu, memory) for row in rows)
    if not rows:
        yield Check(
            without_instances,
            f"{data['cluster']} has no active container instances",
            "" if without_instances is Level.BLOCK else "No task starts until instances are registered.",
            "Launch instances first, or run on Fargate.",
        )
    elif fitting < data["count"]:
        yield Check(
            Level.WARN,
            f"Only {fitting} of {data['count']} tasks fit now",
            f"Each task requires {cpu} CPU units and {memory} MiB.",
            "Launch more instances, or run fewer tasks.",
        )
    else:
        yield Check(Level.OK, f"All {data['count']} tasks fit on the container instances of {data['cluster']}")


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


def _fits(cpu_free: int, memory_free: int, cpu: int, memory: int) -> int:
    return min(cpu_free // cpu if cpu else 10**6, memory_free // memory if memory else 10**6)


def size_of(definition: TaskDefinition) -> tuple[int, int]:
    """Return the (CPU units, MiB) that placement reserves for one task."""
    containers = definition.description.get("containerDefinitions", [])
    cpu = definition.cpu or sum(each.get("cpu") or 0 for each in containers)
    memory = definition.memory or sum(each.get("memoryReservation") or each.get("memory") or 0 for each in containers)
    return cpu, memory

"""Validation of a task definition by the rules of ECS (developer guide, "Task definition parameters")."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ecsdash.aws.limits import FARGATE_MEMORY, fargate_memory_choices
from ecsdash.web.formatting import cpu_units

Definition = Mapping[str, Any]
FARGATE_LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")


@dataclass(frozen=True)
class Problem:
    """A violated rule. `field` is a form field; `container` is its position, None for the whole task."""

    message: str
    field: str = ""
    container: int | None = None


def problems(definition: Definition) -> list[Problem]:
    containers = definition.get("containerDefinitions") or []
    if not containers:
        return [Problem("A task definition needs at least one container. Add one.")]
    found = [*_names(containers), *_volumes(definition, containers), *_sizes(definition, containers)]
    for position, container in enumerate(containers):
        found += _container(definition, position, container)
        found += _dependencies(containers, position, container)
    found += _cycles(containers)
    if "FARGATE" in definition.get("requiresCompatibilities", []):
        found += _fargate(definition, containers)
    return found


def _names(containers: list[Definition]) -> Iterator[Problem]:
    counts = Counter(container.get("name") for container in containers)
    for position, container in enumerate(containers):
        if counts[container.get("name")] > 1:
            yield Problem(
                f"Two containers are called {container.get('name')}. Give each its own name.", "name", position
            )
    if not any(container.get("essential", True) for container in containers):
        yield Problem("At least one container must be essential. The task stops when it stops.", "essential", 0)


def _volumes(definition: Definition, containers: list[Definition]) -> Iterator[Problem]:
    names = [volume.get("name") for volume in definition.get("volumes", [])]
    for name, count in Counter(names).items():
        if count > 1:
            yield Problem(f"Two volumes are called {name}. Give each its own name.", "volumes")
    for position, container in enumerate(containers):
        for mount in container.get("mountPoints", []):
            if mount.get("sourceVolume") not in names:
                known = f"The volumes are: {', '.join(map(str, names))}." if names else "Add it under Volumes."
                yield Problem(f"The volume {mount.get('sourceVolume')} does not exist. {known}", "mounts", position)


def _sizes(definition: Definition, containers: list[Definition]) -> Iterator[Problem]:
    for member in ("cpu", "memory"):
        limit = number(definition.get(member))
        wanted = [container.get(member) or 0 for container in containers]
        if limit and sum(wanted) > limit:
            largest = wanted.index(max(wanted))
            unit = "CPU units" if member == "cpu" else "MiB"
            yield Problem(
                f"The containers require {sum(wanted)} {unit} in total, the task has {limit}. "
                "Reduce a container, or enlarge the task.",
                member,
                largest,
            )


def _container(definition: Definition, position: int, container: Definition) -> Iterator[Problem]:
    memory, reserved = container.get("memory"), container.get("memoryReservation")
    if not (definition.get("memory") or memory or reserved):
        yield Problem("Set a memory limit or reservation here, or a memory size for the task.", "memory", position)
    if memory and reserved and reserved >= memory:
        yield Problem("The soft limit must be less than the hard limit.", "memory_reservation", position)
    if container.get("secrets") and not definition.get("executionRoleArn"):
        yield Problem("Secrets require an execution role. Choose one.", "execution_role")
    names = Counter(each.get("name") for key in ("environment", "secrets") for each in container.get(key, []))
    for name, count in names.items():
        if count > 1:
            yield Problem(f"{name} is set twice. Keep one of them.", "environment", position)
    yield from _ports(definition.get("networkMode", "bridge"), position, container.get("portMappings", []))


def _ports(network_mode: str, position: int, mappings: Iterable[Definition]) -> Iterator[Problem]:
    taken: Counter[tuple[Any, str]] = Counter()
    for mapping in mappings:
        port, host = mapping.get("containerPort"), mapping.get("hostPort")
        if network_mode == "none":
            yield Problem(
                "The network mode none does not support ports. Choose another network mode.", "ports", position
            )
            return
        if port is None and "containerPortRange" not in mapping:
            yield Problem("The container port is missing. Enter it, or remove the row.", "ports", position)
            continue
        if network_mode in ("awsvpc", "host") and host not in (None, port):
            yield Problem(
                f"In {network_mode} mode the host port must be the container port: leave it empty or enter {port}.",
                "ports",
                position,
            )
        taken[port, mapping.get("protocol", "tcp")] += 1
    for (port, protocol), count in taken.items():
        if count > 1:
            yield Problem(f"Port {port}/{protocol} is mapped twice.", "ports", position)


def _dependencies(containers: list[Definition], position: int, container: Definition) -> Iterator[Problem]:
    by_name = {each.get("name"): each for each in containers if each is not container}
    for dependency in container.get("dependsOn", []):
        name, wanted = dependency.get("containerName"), dependency.get("condition")
        other = by_name.get(name)
        if other is None:
            yield Problem(
                f"The container {name} does not exist. Enter the name of another container.", "depends_on", position
            )
        elif wanted == "HEALTHY" and not other.get("healthCheck"):
            yield Problem(
                f"{name} has no health check, so it never becomes healthy. Add a health check to it.",
                "depends_on",
                position,
            )
        elif wanted in ("COMPLETE", "SUCCESS") and other.get("essential", True):
            yield Problem(
                f"{name} is essential: the task stops when it exits. Make it non-essential to wait for its exit.",
                "depends_on",
                position,
            )


def _cycles(containers: list[Definition]) -> Iterator[Problem]:
    """Yield a problem if containers depend on each other in a cycle."""
    waits = {each.get("name"): {d.get("containerName") for d in each.get("dependsOn", [])} for each in containers}
    left = dict(waits)
    while ready := [name for name, others in left.items() if not others & left.keys()]:
        for name in ready:
            del left[name]
    if left and all(others <= waits.keys() for others in left.values()):
        names = ", ".join(map(str, left))
        position = next(n for n, each in enumerate(containers) if each.get("name") in left)
        yield Problem(
            f"{names} depend on each other, so none of them can start. Remove a dependency.", "depends_on", position
        )


def _fargate(definition: Definition, containers: list[Definition]) -> Iterator[Problem]:
    if definition.get("networkMode") != "awsvpc":
        yield Problem("Fargate requires the network mode awsvpc.", "network_mode")
    cpu, memory = number(definition.get("cpu")), number(definition.get("memory"))
    if cpu not in FARGATE_MEMORY:
        sizes = ", ".join(f"{size} ({cpu_units(size)})" for size in FARGATE_MEMORY)
        yield Problem(f"Fargate supports these CPU sizes: {sizes}. Choose one.", "cpu")
    elif memory not in fargate_memory_choices(cpu):
        offered = fargate_memory_choices(cpu)
        steps = f"in steps of {offered[1] - offered[0]}" if cpu > 256 else "512, 1024 or 2048"
        yield Problem(f"With {cpu_units(cpu)} Fargate offers {offered[0]} to {offered[-1]} MiB, {steps}.", "memory")
    for volume in definition.get("volumes", []):
        if volume.get("host", {}).get("sourcePath") or volume.get("dockerVolumeConfiguration"):
            yield Problem(
                f"Fargate does not support host volumes: the volume {volume.get('name')} must be empty or on EFS.",
                "volumes",
            )
    for position, container in enumerate(containers):
        yield from _fargate_container(definition, position, container)


def _fargate_container(definition: Definition, position: int, container: Definition) -> Iterator[Problem]:
    if container.get("privileged"):
        yield Problem("Fargate does not support privileged containers. Remove privileged from the JSON.", "", position)
    if container.get("links"):
        yield Problem(
            "Fargate does not support links: containers of a task reach each other at localhost.", "", position
        )
    driver = (container.get("logConfiguration") or {}).get("logDriver")
    if driver and driver not in FARGATE_LOG_DRIVERS:
        yield Problem(f"Fargate does not support the log driver {driver}.", "logs", position)
    if not definition.get("executionRoleArn"):
        if driver == "awslogs":
            yield Problem("On Fargate, logs require an execution role. Choose one.", "execution_role")
        if ".dkr.ecr." in container.get("image", ""):
            yield Problem("On Fargate, images from ECR require an execution role. Choose one.", "execution_role")


def number(text: Any) -> int:
    """Return a task-level size of the API as a number: "1024", "1 vCPU", "2 GB"; 0 if missing or invalid."""
    words = str(text or "0").lower().replace("vcpu", " u").replace("gb", " u").split()
    try:
        return int(float(words[0]) * (1024 if len(words) > 1 else 1))
    except (ValueError, OverflowError):
        return 0

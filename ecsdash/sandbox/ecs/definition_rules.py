"""The rules of RegisterTaskDefinition that botocore's model does not state."""

import re

from ecsdash.sandbox.ecs.errors import EcsError, client_error, invalid
from ecsdash.sandbox.ecs.fargate import SIZES
from ecsdash.sandbox.ecs.models import Json

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_IMAGE = re.compile(r"[A-Za-z0-9_:./#@-]{1,255}")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+|[A-Za-z0-9+=,.@_/-]{1,512}")
_SECRET = re.compile(r"arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:.+|ssm:[a-z0-9-]+:\d{12}:parameter/.+)")
_FARGATE_LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")


def check_definition(params: Json) -> None:
    """`params` with task-level cpu and memory already turned into whole numbers (see `size`)."""
    if not _NAME.fullmatch(params["family"]):
        raise client_error("Family contains invalid characters.")
    for role in ("taskRoleArn", "executionRoleArn"):
        if params.get(role) and not _ROLE.fullmatch(params[role]):
            raise client_error("Role is not valid.")
    containers = params["containerDefinitions"]
    if not containers:
        raise client_error("Container list cannot be empty.")
    _check_names(containers)
    for container in containers:
        _check_container(params, container)
    _check_references(params, containers)
    if "FARGATE" in params.get("requiresCompatibilities", []):
        check_fargate(params)
    _check_sums(params, containers)


def size(value: str | None, unit: int, name: str) -> str | None:
    """Task-level cpu or memory: `1024`, `1 vCPU`, `0.5 GB` as a whole number of CPU units or MiB."""
    if not value:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(vcpu|gb)?", value.strip().lower())
    if match is None:
        raise client_error(f"Invalid '{name}' setting for task.")
    return str(int(float(match[1]) * (unit if match[2] else 1)))


def check_fargate(params: Json) -> None:
    if params.get("networkMode", "bridge") != "awsvpc":
        raise client_error("Fargate only supports network mode ‘awsvpc’.")
    for name in ("cpu", "memory"):
        if not params.get(name):
            raise client_error(f"Fargate requires that '{name}' be defined at the task level.")
    cpu, memory = int(params["cpu"]), int(params["memory"])
    if memory not in SIZES.get(cpu, ()):
        raise client_error(
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. "
            "See the Amazon ECS documentation for the valid values."
        )
    for container in params["containerDefinitions"]:
        _check_fargate_container(params, container)
    for volume in params.get("volumes", []):
        if volume.get("host", {}).get("sourcePath"):
            raise client_error("Fargate does not support host volumes with a sourcePath.")
        if "dockerVolumeConfiguration" in volume:
            raise client_error("Fargate does not support dockerVolumeConfiguration.")


def _check_fargate_container(params: Json, container: Json) -> None:
    if container.get("privileged"):
        raise client_error("Fargate does not support privileged containers.")
    if container.get("links"):
        raise client_error("Fargate does not support links.")
    execution_role = params.get("executionRoleArn")
    driver = container.get("logConfiguration", {}).get("logDriver")
    if driver and driver not in _FARGATE_LOG_DRIVERS:
        raise client_error(f"Fargate does not support the log driver {driver}.")
    if driver == "awslogs" and not execution_role:
        raise client_error("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
    if ".dkr.ecr." in container["image"] and not execution_role:
        raise client_error("Fargate requires task definition to have execution role ARN to support ECR images.")


def _check_names(containers: list[Json]) -> None:
    names = [container.get("name", "") for container in containers]
    for name in names:
        if not name:
            raise client_error("Container.name should not be null or empty.")
        if not _NAME.fullmatch(name):
            raise client_error("Container.name contains invalid characters.")
    duplicates = {name for name in names if names.count(name) > 1}
    if duplicates:
        raise client_error(f"Container names must be unique within a task definition: {', '.join(sorted(duplicates))}.")
    if not any(container.get("essential", True) for container in containers):
        raise client_error("A task definition must contain at least one essential container.")


def _check_container(params: Json, container: Json) -> None:
    name = container["name"]
    if not container.get("image"):
        raise client_error("Container.image should not be null or empty.")
    if not _IMAGE.fullmatch(container["image"]):
        raise client_error("Container.image contains invalid characters.")
    memory, reservation = container.get("memory"), container.get("memoryReservation")
    if not params.get("memory") and not memory and not reservation:
        raise client_error(
            f"Invalid setting for container '{name}'. "
            "At least one of 'memory' or 'memoryReservation' must be specified."
        )
    if any(value is not None and value < 6 for value in (memory, reservation)):
        raise client_error(f"Invalid setting for container '{name}'. The memory setting must be at least 6 MiB.")
    if memory and reservation and reservation >= memory:
        raise client_error(
            f"Invalid setting for container '{name}'. 'memory' must be greater than 'memoryReservation'."
        )
    _check_secrets(params, container)
    _check_ports(params.get("networkMode", "bridge"), container)
    _check_log_options(container)


def _check_secrets(params: Json, container: Json) -> None:
    if container.get("secrets") and not params.get("executionRoleArn"):
        raise client_error(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        )
    for secret in container.get("secrets", []):
        if secret["valueFrom"].startswith("arn:") and not _SECRET.fullmatch(secret["valueFrom"]):
            raise client_error(
                f"The Systems Manager parameter name specified for secret {secret['name']} is invalid. The parameter "
                "name can be up to 2048 characters and include the following letters and symbols: a to z, A to Z, "
                "0 to 9, and . - / _"
            )


def _check_ports(network_mode: str, container: Json) -> None:
    for mapping in container.get("portMappings", []):
        port, host_port = mapping.get("containerPort"), mapping.get("hostPort")
        if port is None and not mapping.get("containerPortRange"):
            raise client_error(f"Invalid setting for container '{container['name']}'. A port mapping needs a port.")
        for number in (port, host_port):
            if number is not None and not 0 <= number <= 65535:
                raise client_error(f"Invalid port {number} for container '{container['name']}'.")
        if network_mode == "awsvpc" and host_port not in (None, port):
            raise client_error(
                "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
            )
        if network_mode == "host" and host_port not in (None, port):
            raise client_error("When networkMode=host, the host ports and container ports in port mappings must match.")
    if network_mode == "none" and container.get("portMappings"):
        raise client_error("Port mappings are not supported when networkMode=none.")


def _check_log_options(container: Json) -> None:
    configuration = container.get("logConfiguration", {})
    if configuration.get("logDriver") != "awslogs":
        return
    options = configuration.get("options", {})
    for option in ("awslogs-group", "awslogs-region"):
        if not options.get(option):
            raise client_error(f"Log driver awslogs requires options: {option}")


def _check_references(params: Json, containers: list[Json]) -> None:
    names = {container["name"] for container in containers}
    volumes = [volume.get("name", "") for volume in params.get("volumes", [])]
    if len(volumes) != len(set(volumes)):
        raise client_error("Volume names must be unique within a task definition.")
    for container in containers:
        for mount in container.get("mountPoints", []):
            if mount.get("sourceVolume") not in volumes:
                raise client_error(f"Unknown volume '{mount.get('sourceVolume')}'.")
        others = [item.get("sourceContainer") for item in container.get("volumesFrom", [])]
        others += [link.split(":")[0] for link in container.get("links", [])]
        for other in others:
            if other not in names:
                raise client_error(f"Unknown container '{other}'.")
    _check_dependencies({container["name"]: container for container in containers})


def _check_dependencies(containers: dict[str, Json]) -> None:
    for container in containers.values():
        for dependency in container.get("dependsOn", []):
            other = containers.get(dependency["containerName"])
            if other is None or other is container:
                raise client_error(
                    f"Invalid container dependency in container '{container['name']}': "
                    f"container '{dependency['containerName']}' does not exist in the task definition."
                )
            if dependency["condition"] == "HEALTHY" and "healthCheck" not in other:
                raise client_error(
                    f"Container '{other['name']}' must have a health check for the dependency condition HEALTHY."
                )
            if dependency["condition"] in ("COMPLETE", "SUCCESS") and other.get("essential", True):
                raise client_error(
                    f"Container '{other['name']}' is essential and can not have the dependency condition "
                    f"{dependency['condition']}."
                )
    for name in containers:
        _refuse_cycle(containers, name, (name,))


def _refuse_cycle(containers: dict[str, Json], name: str, path: tuple[str, ...]) -> None:
    for dependency in containers[name].get("dependsOn", []):
        other = dependency["containerName"]
        if other in path:
            raise client_error(f"Container dependencies form a cycle: {' -> '.join((*path, other))}.")
        _refuse_cycle(containers, other, (*path, other))


def _check_sums(params: Json, containers: list[Json]) -> None:
    for name, hard in (("cpu", "cpu"), ("memory", "memory")):
        if not params.get(name):
            continue
        total = sum(container.get(hard, 0) for container in containers)
        if total > int(params[name]):
            raise _too_large(name, containers, int(params[name]))


def _too_large(name: str, containers: list[Json], limit: int) -> EcsError:
    largest = max(containers, key=lambda container: container.get(name, 0))
    if largest.get(name, 0) > limit:
        return client_error(
            f"Invalid setting for container '{largest['name']}'. The {name} {largest[name]} is greater than the "
            f"task's {name} {limit}."
        )
    return invalid(f"The sum of the containers' {name} is greater than the task's {name} {limit}.")

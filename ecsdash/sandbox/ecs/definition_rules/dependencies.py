"""Links and dependencies between containers."""

from ecsdash.sandbox.ecs.errors import client_error
from ecsdash.sandbox.ecs.models import Json


def check(containers: list[Json]) -> None:
    by_name = {container["name"]: container for container in containers}
    for container in containers:
        for link in container.get("links", []):
            if link.split(":")[0] not in by_name:
                raise client_error(f"Invalid 'links' setting. Unknown container: '{link.split(':')[0]}'")
        for dependency in container.get("dependsOn", []):
            _check_dependency(by_name, container, dependency)
    for name in by_name:
        _refuse_cycle(by_name, name, (name,))


def _check_dependency(containers: dict[str, Json], container: Json, dependency: Json) -> None:
    other, condition = containers.get(dependency["containerName"]), dependency["condition"]
    if other is None:
        raise client_error(f"Cannot depend on container + '{dependency['containerName']}' because it does not exist")
    if other is container:
        raise client_error(f"Container '{container['name']}' cannot depend on itself")
    if condition == "HEALTHY" and "healthCheck" not in other:
        raise client_error("A dependency container with HEALTHY condition must have health check configured")
    if condition in ("COMPLETE", "SUCCESS") and other.get("essential", True):
        raise client_error("A dependency container with SUCCESS or COMPLETE condition cannot be an essential container")


def _refuse_cycle(containers: dict[str, Json], name: str, path: tuple[str, ...]) -> None:
    for dependency in containers[name].get("dependsOn", []):
        other = dependency["containerName"]
        if other in path:
            raise client_error(f"Container dependencies form a cycle: {' -> '.join((*path, other))}.")
        _refuse_cycle(containers, other, (*path, other))

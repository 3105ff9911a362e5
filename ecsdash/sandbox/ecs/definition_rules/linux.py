"""Linux parameters, resource limits and host names."""

from ecsdash.sandbox.ecs.errors import client_error
from ecsdash.sandbox.ecs.models import Json

_SWAPPINESS = 100


def check_container(container: Json) -> None:
    name, linux = container["name"], container.get("linuxParameters", {})
    for limit in container.get("ulimits", []):
        if limit["softLimit"] > limit["hardLimit"] >= 0:
            raise client_error(
                f"Invalid 'ulimits' setting for container '{name}'. "
                f"The soft limit of '{limit['name']}' must not be greater than its hard limit."
            )
    if not 0 <= linux.get("swappiness", 0) <= _SWAPPINESS:
        raise client_error(f"Invalid 'swappiness' setting for container '{name}'. It must be between 0 and 100.")
    for member in ("maxSwap", "sharedMemorySize"):
        if linux.get(member, 0) < 0:
            raise client_error(f"Invalid '{member}' setting for container '{name}'. It must not be negative.")
    for mount in linux.get("tmpfs", []):
        if mount["size"] <= 0:
            raise client_error(f"Invalid 'tmpfs' setting for container '{name}'. The size must be greater than 0.")
    for member in ("startTimeout", "stopTimeout"):
        if container.get(member, 1) < 0:
            raise client_error(f"Invalid '{member}' setting for container '{name}'. It must not be negative.")

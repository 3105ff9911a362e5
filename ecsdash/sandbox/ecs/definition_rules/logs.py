"""Log drivers and FireLens."""

from ecsdash.sandbox.ecs.errors import client_error
from ecsdash.sandbox.ecs.models import Json

_REQUIRED = ("awslogs-group", "awslogs-region")
_COMMON = ("mode", "max-buffer-size")


def check_container(container: Json) -> None:
    configuration = container.get("logConfiguration", {})
    if configuration.get("logDriver") != "awslogs":
        return
    options = configuration.get("options", {})
    missing = [name for name in _REQUIRED if not options.get(name)]
    if missing:
        raise client_error(f"Log driver awslogs requires options: {', '.join(missing)}")
    other = [name for name in options if not name.startswith("awslogs-") and name not in _COMMON]
    if other:
        raise client_error(f"Log driver awslogs disallows options: {', '.join(other)}")


def check_routers(containers: list[Json]) -> None:
    """FireLens: one router, run by root, for at least one container."""
    routers = [container for container in containers if container.get("firelensConfiguration")]
    routed = [each for each in containers if each.get("logConfiguration", {}).get("logDriver") == "awsfirelens"]
    if routed and not routers:
        raise client_error(
            "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be "
            "configured in one of the containers."
        )
    if routers and not routed:
        raise client_error(
            "When a firelensConfiguration object is specified, at least one container has to be configured with the "
            "awsfirelens log driver."
        )
    if len(routers) > 1:
        raise client_error("Only one container of a task definition can have a firelensConfiguration object.")
    if any(str(router.get("user", "0")).partition(":")[0] not in ("", "0", "root") for router in routers):
        raise client_error(
            "When a firelensConfiguration object is specified, the container with it has to run as root."
        )

"""Which launch types can run a task definition."""

from ecsdash.sandbox.ecs.definition_rules.fargate import check_fargate
from ecsdash.sandbox.ecs.errors import EcsError, client_error
from ecsdash.sandbox.ecs.models import Json


def check_instances(params: Json) -> None:
    """Check a task definition that does not require FARGATE."""
    requires = params.get("requiresCompatibilities", [])
    if params.get("ephemeralStorage"):
        raise client_error("Tasks using the EC2 launch type do not support EphemeralStorage.")
    if "EXTERNAL" in requires and not runs_external(params):
        raise client_error(
            "Tasks using the EXTERNAL launch type do not support networkMode 'awsvpc' and Amazon EFS volumes."
        )
    if "MANAGED_INSTANCES" in requires and not _runs_managed(params):
        raise client_error("Tasks using the MANAGED_INSTANCES launch type only support networkMode 'awsvpc' or 'host'.")


def compatibilities(params: Json) -> list[str]:
    external = ["EXTERNAL"] if runs_external(params) else []
    managed = ["MANAGED_INSTANCES"] if _runs_managed(params) else []
    return [*external, "EC2", *(["FARGATE"] if _runs_on_fargate(params) else []), *managed]


def runs_external(params: Json) -> bool:
    remote = any(volume.get("efsVolumeConfiguration") for volume in params.get("volumes", []))
    return params.get("networkMode", "bridge") != "awsvpc" and not remote


def _runs_managed(params: Json) -> bool:
    system = params.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX")
    return params.get("networkMode", "bridge") in ("awsvpc", "host") and system == "LINUX"


def _runs_on_fargate(params: Json) -> bool:
    try:
        check_fargate(params)
    except EcsError:
        return False
    return True

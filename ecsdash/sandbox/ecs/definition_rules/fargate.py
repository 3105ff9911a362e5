"""What a task definition must be to run on Fargate."""

from ecsdash.sandbox.ecs.errors import EcsError, client_error
from ecsdash.sandbox.ecs.fargate import SIZES, WINDOWS, WINDOWS_SIZES
from ecsdash.sandbox.ecs.models import Json

_LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")
_STORAGE_GIB = (21, 200)
_LONGEST_STOP = 120
_LINUX_MEMBERS = ("devices", "sharedMemorySize", "maxSwap", "swappiness")
_CAPABILITIES = ("SYS_PTRACE",)


def check_fargate(params: Json) -> None:
    if params.get("networkMode", "bridge") != "awsvpc":
        raise client_error("Fargate only supports network mode ‘awsvpc’.")
    _check_size(params)
    _check_task(params)
    for container in params["containerDefinitions"]:
        _check_container(container)
        _check_linux(container)
        _check_logs(params, container)
        if ".dkr.ecr." in container["image"] and not params.get("executionRoleArn"):
            raise client_error("Fargate requires task definition to have execution role ARN to support ECR images.")
    for volume in params.get("volumes", []):
        if volume.get("host", {}).get("sourcePath"):
            raise _unsupported("sourcePath")
        for member in ("dockerVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration"):
            if member in volume:
                raise _unsupported(member)


def _check_size(params: Json) -> None:
    for name in ("cpu", "memory"):
        if not params.get(name):
            raise client_error(f"Fargate requires that '{name}' be defined at the task level.")
    cpu, memory, platform = int(params["cpu"]), int(params["memory"]), params.get("runtimePlatform", {})
    system = platform.get("operatingSystemFamily", "LINUX")
    sizes = SIZES if system == "LINUX" else WINDOWS_SIZES
    offered = system in ("LINUX", *WINDOWS) and (system == "LINUX" or platform.get("cpuArchitecture") != "ARM64")
    if not offered or memory not in sizes.get(cpu, ()):
        raise client_error(
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. "
            "See the Amazon ECS documentation for the valid values."
        )


def _check_task(params: Json) -> None:
    if "ipcMode" in params:
        raise _unsupported("ipcMode")
    if params.get("pidMode") == "host":
        raise client_error(
            "Tasks using the Fargate launch type do not support pidMode 'host'. "
            "The supported value for pidMode is 'task'."
        )
    if params.get("placementConstraints"):
        raise _unsupported("constraints")
    if params.get("inferenceAccelerators"):
        raise _unsupported("inferenceAccelerators")
    least, most = _STORAGE_GIB
    size = params.get("ephemeralStorage", {}).get("sizeInGiB", least)
    if size < least:
        raise client_error(f"EphemeralStorage size should be at least {least}")
    if size > most:
        raise client_error(f"EphemeralStorage size should be at most {most}")


def _check_container(container: Json) -> None:
    if container.get("privileged"):
        raise client_error("Fargate requires that the 'privileged' setting be 'false'.")
    if container.get("resourceRequirements"):
        raise client_error("Tasks using the Fargate launch type do not support GPU resource requirements.")
    if container.get("dockerSecurityOptions"):
        raise _unsupported("dockerSecurityOptions")
    if container.get("stopTimeout", 0) > _LONGEST_STOP:
        raise client_error(
            f"Invalid 'stopTimeout' setting for container '{container['name']}'. "
            f"Fargate supports at most {_LONGEST_STOP} seconds."
        )


def _check_linux(container: Json) -> None:
    linux = container.get("linuxParameters", {})
    for member in _LINUX_MEMBERS:
        if linux.get(member) not in (None, []):
            raise _unsupported(member)
    for capability in linux.get("capabilities", {}).get("add", []):
        if capability not in _CAPABILITIES:
            raise client_error(f"{capability} is not allowed on Fargate.")


def _check_logs(params: Json, container: Json) -> None:
    configuration = container.get("logConfiguration", {})
    driver = configuration.get("logDriver")
    if driver and driver not in _LOG_DRIVERS:
        raise client_error(f"{driver} is not a valid log driver. Must be one of [{','.join(_LOG_DRIVERS)}]")
    if driver != "awslogs":
        return
    if not params.get("executionRoleArn"):
        raise client_error("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
    if not configuration.get("options", {}).get("awslogs-stream-prefix"):
        raise client_error(
            "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs."
        )


def _unsupported(member: str) -> EcsError:
    return client_error(f"Fargate compatible task definitions do not support {member}")

"""Rules about the Amazon EBS volume that a service or a task configures at launch."""

from ecsdash.sandbox.ecs.call import Call
from ecsdash.sandbox.ecs.errors import EcsError, invalid
from ecsdash.sandbox.ecs.models import Json, TaskDefinition

_SIZES = {
    "gp2": (1, 16_384),
    "gp3": (1, 16_384),
    "io1": (4, 16_384),
    "io2": (4, 16_384),
    "sc1": (125, 16_384),
    "st1": (125, 16_384),
    "standard": (1, 1024),
}
_WITH_IOPS = ("gp3", "io1", "io2")
_NEED_IOPS = ("io1", "io2")


def check_volumes(call: Call, definition: TaskDefinition, configurations: list[Json]) -> None:
    at_launch = [each["name"] for each in definition.body.get("volumes", []) if each.get("configuredAtLaunch")]
    for configuration in configurations:
        if configuration["name"] not in at_launch:
            raise invalid(
                f"The volume name '{configuration['name']}' in your request does not have a matching volume in your "
                "Task Definition that is configurable at launch."
            )
        _check_volume(call, configuration.get("managedEBSVolume"))
    missing = sorted(set(at_launch) - {configuration["name"] for configuration in configurations})
    if missing:
        raise invalid(f"The volume '{missing[0]}' of the Task Definition must be configured at launch.")


def _check_volume(call: Call, volume: Json | None) -> None:
    if volume is None:
        raise invalid("A volume configuration requires a managedEBSVolume.")
    kind, size = volume.get("volumeType", "gp3"), volume.get("sizeInGiB")
    if kind not in _SIZES:
        raise _refused("InvalidParameterValue", f"the volume type {kind} does not exist")
    if size is None and not volume.get("snapshotId"):
        raise _refused("MissingParameter", "the request must contain the size or the snapshot of the volume")
    least, most = _SIZES[kind]
    if size is not None and not least <= size <= most:
        raise _refused("InvalidParameterValue", f"a volume of type {kind} has {least} to {most} GiB")
    if volume.get("iops") and kind not in _WITH_IOPS:
        raise _refused("InvalidParameterCombination", f"iops is not supported for volumes of type {kind}")
    if kind in _NEED_IOPS and not volume.get("iops"):
        raise _refused("MissingParameter", f"iops is required for volumes of type {kind}")
    if volume.get("throughput") and kind != "gp3":
        raise _refused("InvalidParameterCombination", f"throughput is not supported for volumes of type {kind}")
    if not call.state.aws.role_exists(call.scope, volume["roleArn"]):
        raise invalid(f"ECS was unable to assume the role {volume['roleArn']} that was provided for the volume.")


def _refused(code: str, reason: str) -> EcsError:
    return invalid(f"ECS managed EBS volume configuration was invalid: {reason} ({code}).")

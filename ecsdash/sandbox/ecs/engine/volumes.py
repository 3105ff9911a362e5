"""Amazon EBS volumes of a task: created and attached before its start, deleted after its end."""

from ecsdash.sandbox.ecs.models import Json, Task
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope


def attach(state: EcsState, scope: Scope, task: Task) -> str:
    """Create and attach the volumes of the task; return why one cannot be created, or an empty text."""
    for number, volume in enumerate(task.volumes):
        made = state.aws.create_volume(scope, task.zone, volume["configuration"], _tags(volume, task), task.arn)
        if not made.id:
            return f"ResourceInitializationError: failed to create Amazon EBS volume '{volume['name']}': {made.problem}"
        task.volumes[number] = volume | {"volumeId": made.id, "status": "ATTACHED"}
    return ""


def detach(state: EcsState, scope: Scope, task: Task) -> None:
    for number, volume in enumerate(task.volumes):
        if volume.get("volumeId") and volume["status"] == "ATTACHED":
            state.aws.release_volume(scope, volume["volumeId"], delete=volume["delete"])
        task.volumes[number] = volume | {"status": "DELETED" if volume["delete"] else "DETACHED"}


def planned(state: EcsState, configurations: list[Json], propagated: dict[str, dict[str, str]]) -> list[Json]:
    """Return the volumes of a new task. `propagated`: the tags of the service and of the task definition."""
    return [
        {
            "id": state.uuid(),
            "name": configuration["name"],
            "configuration": configuration["managedEBSVolume"],
            "delete": configuration["managedEBSVolume"].get("terminationPolicy", {}).get("deleteOnTermination", True),
            "propagated": _propagated(configuration["managedEBSVolume"], propagated),
            "status": "PRECREATED",
        }
        for configuration in configurations
        if configuration.get("managedEBSVolume")
    ]


def _propagated(configuration: Json, tags: dict[str, dict[str, str]]) -> dict[str, str]:
    sources = [item.get("propagateTags", "NONE") for item in configuration.get("tagSpecifications", [])]
    return {key: value for source in sources for key, value in tags.get(source, {}).items()}


def _tags(volume: Json, task: Task) -> dict[str, str]:
    propagated: dict[str, str] = volume["propagated"]
    given = [tag for item in volume["configuration"].get("tagSpecifications", []) for tag in item.get("tags", [])]
    own = {"AmazonECSCreated": task.arn, "AmazonECSManaged": "true"}
    return own | propagated | {tag["key"]: tag.get("value", "") for tag in given}

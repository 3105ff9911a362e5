"""What the agent of a container instance calls. It changes nothing: instances follow EC2, and tasks the time."""

from ecsdash.sandbox.ecs.api.container_instances import find
from ecsdash.sandbox.ecs.call import Call, Handler
from ecsdash.sandbox.ecs.errors import EcsError
from ecsdash.sandbox.ecs.models import Json


def discover_poll_endpoint(call: Call, params: Json) -> Json:
    region = call.scope.region
    return {
        "endpoint": f"https://ecs-a-1.{region}.amazonaws.com/",
        "telemetryEndpoint": f"https://ecs-t-1.{region}.amazonaws.com/",
        "serviceConnectEndpoint": f"https://ecs-sc.{region}.api.aws",
    }


def submit(call: Call, params: Json) -> Json:
    """SubmitTaskStateChange, SubmitContainerStateChange and SubmitAttachmentStateChanges."""
    call.cluster(params)
    return {"acknowledgment": "ok"}


def update_container_agent(call: Call, params: Json) -> Json:
    """All agents have the newest version."""
    find(call, call.cluster(params), params["containerInstance"])
    raise EcsError("NoUpdateAvailableException", "There is no update available for your container agent.")


OPERATIONS: dict[str, Handler] = {
    "DiscoverPollEndpoint": discover_poll_endpoint,
    "SubmitTaskStateChange": submit,
    "SubmitContainerStateChange": submit,
    "SubmitAttachmentStateChanges": submit,
    "UpdateContainerAgent": update_container_agent,
}

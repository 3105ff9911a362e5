"""The step that creates a namespace for Service Connect."""

from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG


def namespace_step(name: str) -> Step:
    """Return the step, which ends when the namespace is there."""
    return Step(
        "names",
        f"Create the namespace {name} for Service Connect",
        "servicediscovery.create_http_namespace",
        {"Name": name, "CreatorRequestId": STEP_ID, "Tags": [{"Key": STEP_TAG, "Value": STEP_ID}]},
        repeat=Repeat.LOOKUP,
        lookup="namespace_of_step",
        until="namespace_there",
        until_params={"name": name},
        timeout=300,
    )

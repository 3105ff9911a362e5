"""Conditions that are no noun's own."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.operations.registry import READERS, Progress, condition
from ecsdash.web.differences import as_text

NOTHING = "not set"


@condition
def unchanged(aws: Aws, observations: list[dict[str, Any]]) -> Progress:
    """Fails, naming each difference, when something is no longer as the plan saw it."""
    moved: list[str] = []
    for seen in observations:
        label, expected = seen["label"], seen["values"]
        live = READERS[seen["reader"]](aws, **seen["identity"])
        if expected is None or live is None:
            if (expected is None) != (live is None):
                moved.append(f"{label} {'exists already' if live is not None else 'is gone'}")
            continue
        moved += [
            f"{label}: {name} is now {as_text(live.get(name)) or NOTHING}, was {as_text(value) or NOTHING}"
            for name, value in expected.items()
            if live.get(name) != value
        ]
    if moved:
        return Progress(failed=f"It changed since you looked. {'; '.join(moved)}. Review the change again.")
    return Progress(len(observations), len(observations), "Nothing has moved", finished=True)

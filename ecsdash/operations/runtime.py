"""The condition of the first step of every operation: nothing changed since the review."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.operations.hooks import READERS, Progress, condition
from ecsdash.web.differences import as_text

NOTHING = "not set"


@condition
def unchanged(aws: Aws, observations: list[dict[str, Any]]) -> Progress:
    """Fail, naming each difference, when something differs from what the plan was made from."""
    differences: list[str] = []
    for seen in observations:
        label, expected = seen["label"], seen["values"]
        live = READERS[seen["reader"]](aws, **seen["identity"])
        if expected is None or live is None:
            if (expected is None) != (live is None):
                differences.append(f"{label} {'exists already' if live is not None else 'is gone'}")
            continue
        differences += [
            f"{label}: {name} is now {as_text(live.get(name)) or NOTHING}, was {as_text(value) or NOTHING}"
            for name, value in expected.items()
            if live.get(name) != value
        ]
    if differences:
        return Progress(failed=f"It changed since the review. {'; '.join(differences)}. Submit the change again.")
    return Progress(len(observations), len(observations), "Nothing changed", finished=True)

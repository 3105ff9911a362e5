"""The condition of the first step of every operation: nothing changed since the review."""

from collections.abc import Iterator
from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.operations.hooks import READERS, Progress, condition
from ecsdash.operations.plan import ANY
from ecsdash.web.differences import as_text

NOTHING = "not set"


@condition
def unchanged(aws: Aws, observations: list[dict[str, Any]]) -> Progress:
    """Fail, naming each difference, when something differs from what the plan was made from.

    Each observation is that of the plan, with `after` as the values that the operation's own calls brought about.
    """
    found = [difference for seen in observations for difference in differences(aws, seen)]
    if found:
        return Progress(failed=f"It changed since the review. {'; '.join(found)}. Submit the change again.")
    return Progress(len(observations), len(observations), "Nothing changed", finished=True)


def differences(aws: Aws, seen: dict[str, Any]) -> Iterator[str]:
    """Yield a text for each value that is neither as before nor as after the operation's own calls."""
    label, live = seen["label"], READERS[seen["reader"]](aws, **seen["identity"])
    accepted = [seen["values"], *seen.get("after", [])]
    present = [values for values in accepted if values is not None]
    if live is None:
        if None not in accepted:
            yield f"{label} is gone"
        return
    if not present:
        yield f"{label} exists already"
    for name in dict.fromkeys(name for values in present for name in values):
        expected = [values[name] for values in present if name in values]
        if live.get(name) not in expected and ANY not in expected:
            was = " or ".join(as_text(value) or NOTHING for value in expected)
            yield f"{label}: {name} is now {as_text(live.get(name)) or NOTHING}, was {was}"

"""The reader and the condition of event feeds."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.operations.hooks import Progress, condition, reader


@reader
def event_rule_state(aws: Aws, rule: str) -> dict[str, Any] | None:
    """Return the state and the targets of the rule, None when it does not exist."""
    try:
        described = aws.call("events.describe_rule", Name=rule).data
        targets = aws.collect("events.list_targets_by_rule", "Targets", Rule=rule)
    except NotFound:
        return None
    return {"state": described.get("State", ""), "sends to": sorted(target["Arn"] for target in targets)}


@condition
def events_delivered(aws: Aws, rule: str, queue: str) -> Progress:
    """The rule is enabled and its target is the queue. PutTargets reports a refusal only in its response."""
    current = event_rule_state(aws, rule) or {}
    delivers = current.get("state") == "ENABLED" and queue in current.get("sends to", [])
    return Progress(int(delivers), 1, "The rule sends to the queue" if delivers else "Waiting for the rule", delivers)

"""Observations and conditions of event feeds."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.operations.hooks import Progress, condition, reader


@reader
def event_rule_state(aws: Aws, rule: str) -> dict[str, Any] | None:
    """Return the state and the targets of the rule, None if it does not exist."""
    try:
        description = aws.call("events.describe_rule", Name=rule).data
        targets = aws.collect("events.list_targets_by_rule", "Targets", Rule=rule)
    except NotFound:
        return None
    return {"state": description.get("State", ""), "sends to": sorted(target["Arn"] for target in targets)}


@condition
def events_delivered(aws: Aws, rule: str, queue: str) -> Progress:
    """Wait until the rule is enabled and sends to the queue. PutTargets reports failures only in its response."""
    rule_state = event_rule_state(aws, rule) or {}
    delivers = rule_state.get("state") == "ENABLED" and queue in rule_state.get("sends to", [])
    return Progress(
        int(delivers), 1, "The rule sends events to the queue" if delivers else "Waiting for the rule", delivers
    )

"""Sweep of event feeds: the EventBridge rule and its SQS queue."""

from typing import Any

from ecsdash.aws.arns import arn
from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import UNKNOWN_OPERATION, AwsError, NotFound
from ecsdash.inventory import store
from ecsdash.inventory.accounts.resource_rules import EVENT_FEED
from ecsdash.inventory.models import EventFeed
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps.registry import sweeper

#: Name of the rule and of the queue. It is constant, so that another installation finds an existing feed.
NAME = EVENT_FEED
TARGET_ID = "ecsdash"


@sweeper("event_feeds", choice=True)
def sweep_event_feeds(scope: Scope) -> None:
    """Store the feed of a scope as it exists in AWS. Endpoints without EventBridge or SQS have no feed."""
    try:
        record = feed_of(scope)
    except AwsError as error:
        if error.code not in UNKNOWN_OPERATION:
            raise
        record = None
    store.replace(EventFeed, scope, [record] if record else [], "event_feeds")


def feed_of(scope: Scope) -> Record | None:
    aws = scope.connection()
    try:
        rule = aws.call("events.describe_rule", Name=NAME).data
        targets = aws.collect("events.list_targets_by_rule", "Targets", Rule=NAME)
    except NotFound:
        return None
    url = queue_url(aws)
    problem = _problem(scope, rule, targets, url)
    columns = {"queue_url": url, "connected": not problem, "problem": problem}
    return Record(rule["Arn"], NAME, {"rule": rule, "targets": targets}, {}, columns)


def queue_url(aws: Aws) -> str:
    """Return the URL of the queue, "" if it does not exist."""
    try:
        return str(aws.call("sqs.get_queue_url", QueueName=NAME).data["QueueUrl"])
    except NotFound:
        return ""


def queue_arn(scope: Scope) -> str:
    return arn("sqs", scope.region, scope.account.account_id, NAME)


def rule_values(feed: EventFeed) -> dict[str, Any]:
    """Return the state and the targets of the rule, as observed by plans."""
    targets = feed.description.get("targets", [])
    state = feed.description.get("rule", {}).get("State", "")
    return {"state": state, "sends to": sorted(target["Arn"] for target in targets)}


def _problem(scope: Scope, rule: dict[str, Any], targets: list[dict[str, Any]], url: str) -> str:
    if not url:
        return f"The queue {NAME} does not exist."
    if rule.get("State") != "ENABLED":
        return f"The rule {NAME} is {rule.get('State', 'unknown').lower()}."
    if all(target["Arn"] != queue_arn(scope) for target in targets):
        return f"The rule {NAME} does not send to the queue {NAME}."
    return ""

import json
from collections.abc import Mapping
from typing import Any

from ecsdash.event_feeds.base import EventFeedAction
from ecsdash.inventory.events import reader
from ecsdash.inventory.events.consumer import is_alive
from ecsdash.inventory.events.feeds import NAME, TARGET_ID, queue_arn, rule_values
from ecsdash.inventory.events.handlers import SOURCES
from ecsdash.inventory.models import EventFeed
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Check, Danger, Effect, Level, Observation, Plan, PlanError, Step, Undo
from ecsdash.operations.refs import ref

PATTERN = {"source": list(SOURCES)}
#: Older events are not needed: sweeps have refreshed the inventory since then.
RETENTION_SECONDS = 3600
TAGS = {"managed-by": "ecsdash"}


@register
class ConnectEvents(EventFeedAction):
    name = "connect_events"
    label = "Connect events"
    danger = Danger.NONE
    creates = "event_feed"
    path = "events/connect/"
    icon = "bolt"
    calls = ("sqs.create_queue", "sqs.set_queue_attributes", "events.put_rule", "events.put_targets")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        scope, queue = context.scope, queue_arn(context.scope)
        known = EventFeed.objects.in_scope(scope.account, scope.region).present().first()
        if known and known.connected:
            raise PlanError("The event feed of this region is already connected.")
        rule = context.arn("events", f"rule/{NAME}")
        before = rule_values(known) if known else None
        return Plan(
            summary=f"Connect the ECS event feed in {scope.region}",
            resource_key=rule,
            resource_name=NAME,
            steps=_steps(queue, rule),
            changes=(
                Change("queue", None, queue),
                Change("rule", known and known.problem, rule),
                Change("scans of tasks, services and instances", "every few seconds", "reconcile every few minutes"),
            ),
            checks=(_consumer_check(),),
            observes=(
                Observation("event_rule_state", {"rule": NAME}, before, f"Rule {NAME}", _effects(before, queue)),
            ),
            undo=Undo("disconnect_events", "disconnect events", scope.url_kwargs()),
            touches=("event_feeds",),
        )


def _effects(before: dict[str, Any] | None, queue: str) -> tuple[Effect, ...]:
    """Return what the steps bring about: other targets of the rule stay."""
    others = before["sends to"] if before else []
    targets = [[queue], sorted({*others, queue})]
    return (
        Effect("put_rule", {"state": "ENABLED", "sends to": others}),
        *(Effect("put_target", {"state": "ENABLED", "sends to": each}) for each in targets),
    )


def _steps(queue: str, rule: str) -> tuple[Step, ...]:
    """Return the steps. Each call is idempotent and can be repeated."""
    url = ref("create_queue.QueueUrl")
    return (
        Step(
            "create_queue",
            f"Create the queue {NAME}",
            "sqs.create_queue",
            {"QueueName": NAME, "tags": TAGS},
            retry_on=("QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"),
        ),
        Step(
            "allow_rule",
            "Allow only the rule to send to the queue",
            "sqs.set_queue_attributes",
            {"QueueUrl": url, "Attributes": _attributes(queue, rule)},
        ),
        Step(
            "put_rule",
            f"Create the rule {NAME}",
            "events.put_rule",
            {
                "Name": NAME,
                "EventPattern": json.dumps(PATTERN),
                "State": "ENABLED",
                "Description": "Sends events of ECS, load balancing and scaling to ecsdash",
            },
        ),
        Step(
            "put_target",
            "Set the queue as the target of the rule",
            "events.put_targets",
            {"Rule": NAME, "Targets": [{"Id": TARGET_ID, "Arn": queue}]},
            until="events_delivered",
            until_params={"rule": NAME, "queue": queue},
            timeout=120,
        ),
    )


def _attributes(queue: str, rule: str) -> dict[str, str]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    return {
        "MessageRetentionPeriod": str(RETENTION_SECONDS),
        "ReceiveMessageWaitTimeSeconds": str(reader.LONG_POLL_SECONDS),
        "VisibilityTimeout": str(reader.HIDDEN_SECONDS),
        "SqsManagedSseEnabled": "true",
        "Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    }


def _consumer_check() -> Check:
    if is_alive():
        return Check(Level.OK, "The events process is running")
    return Check(
        Level.WARN,
        "The events process is not running",
        "Until it runs, events stay in the queue and the inventory is refreshed by scans.",
        "Start the process: manage.py events.",
    )

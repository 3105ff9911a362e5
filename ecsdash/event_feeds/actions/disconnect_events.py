from collections.abc import Mapping
from typing import Any

from ecsdash.event_feeds.base import EventFeedAction
from ecsdash.inventory.events.feeds import NAME, rule_values
from ecsdash.inventory.models import EventFeed
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Danger, Effect, Observation, Plan, Step, Undo

NO_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "NonExistentQueue")


#: What the steps bring about, one after the other.
EFFECTS = (Effect("remove_target", {"sends to": []}), Effect("delete_rule", None))


@register
class DisconnectEvents(EventFeedAction):
    name = "disconnect_events"
    label = "Disconnect events"
    danger = Danger.CHANGES
    resource_type = EventFeed
    path = "events/disconnect/"
    icon = "circle-x"
    calls = ("events.remove_targets", "events.delete_rule", "sqs.delete_queue")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        feed: EventFeed = context.resource
        targets = feed.description.get("targets", [])
        return Plan(
            summary=f"Disconnect the ECS event feed in {feed.region}",
            resource_key=feed.arn,
            resource_name=feed.name,
            steps=_steps(feed, [target["Id"] for target in targets]),
            changes=(
                Change("rule", feed.arn, None),
                *((Change("queue", feed.queue_url, None),) if feed.queue_url else ()),
                Change("scans of tasks, services and instances", "reconcile every few minutes", "every few seconds"),
            ),
            observes=(Observation("event_rule_state", {"rule": NAME}, rule_values(feed), f"Rule {NAME}", EFFECTS),),
            undo=Undo("connect_events", "connect events", context.scope.url_kwargs()),
            touches=("event_feeds",),
            risks=("Another installation that reads this queue also stops receiving events.",),
        )


def _steps(feed: EventFeed, targets: list[str]) -> tuple[Step, ...]:
    """Return the steps in reverse order of connecting. Resources that no longer exist are skipped."""
    not_found = ("ResourceNotFoundException",)
    remove = Step(
        "remove_target",
        "Remove the queue as a target of the rule",
        "events.remove_targets",
        {"Rule": NAME, "Ids": targets},
        tolerate=not_found,
    )
    delete = Step("delete_rule", f"Delete the rule {NAME}", "events.delete_rule", {"Name": NAME}, tolerate=not_found)
    queue = Step(
        "delete_queue",
        f"Delete the queue {NAME}",
        "sqs.delete_queue",
        {"QueueUrl": feed.queue_url},
        tolerate=NO_QUEUE,
    )
    return (*((remove,) if targets else ()), delete, *((queue,) if feed.queue_url else ()))

"""A simulated AWS whose feed is connected, and a reader that never waits."""

import json
import threading
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from ecsdash.inventory.events import reader
from ecsdash.inventory.events.consumer import connected
from ecsdash.inventory.events.intake import Message
from ecsdash.inventory.events.reader import Reader
from ecsdash.inventory.models import Account, EventFeed, FeedProgress
from ecsdash.inventory.scope import Scope
from ecsdash.sandbox.scenarios import event_feed
from ecsdash.sandbox.scenarios.clients import Clients
from tests.clusters.world import World
from tests.processes import Sandbox
from tests.users import REGION, make_account


@dataclass
class Feed:
    world: World
    row: EventFeed
    reader: Reader

    def read(self) -> None:
        """Read until the queue is empty."""
        before = -1
        while before != self.progress.received:
            before = self.progress.received
            self.reader.receive()

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.world.client("sqs").send_message(QueueUrl=self.row.queue_url, MessageBody=body)

    @property
    def progress(self) -> FeedProgress:
        return FeedProgress.objects.get(feed=self.row)

    def waiting(self) -> int:
        """Return the number of messages in the queue, including invisible ones."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.world.client("sqs").get_queue_attributes(QueueUrl=self.row.queue_url, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)


@pytest.fixture
def connected_feed(db: None) -> EventFeed:
    """Create a feed of the account `demo` without resources in AWS."""
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])
    EventFeed.objects.create(
        account=account,
        region=REGION,
        arn="arn:rule",
        name="ecsdash-events",
        connected=True,
        observed_at=timezone.now(),
    )
    return connected()[0]


@pytest.fixture
def feed(aws_account: Account, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Feed:
    monkeypatch.setattr(reader, "SETTLE_SECONDS", 0)
    event_feed.build(Clients(sandbox.url, REGION))
    world = World(Scope(aws_account, REGION), sandbox)
    world.sweep("event_feeds")
    (row,) = connected()
    return Feed(world, row, Reader(row, threading.Event(), wait=0))


def event(detail_type: str, detail: dict[str, Any], *resources: str, source: str = "aws.ecs") -> str:
    when = {"time": "2027-01-15T08:00:00Z", "region": REGION, "account": "123456789012"}
    return json.dumps({"detail-type": detail_type, "source": source, "resources": resources, "detail": detail, **when})


def messages(*bodies: str) -> list[Message]:
    return [Message(f"m{number}", f"r{number}", body) for number, body in enumerate(bodies)]

"""Reads the queue of one feed: long poll, store, then delete in full tens. A thread for each, so none waits."""

import threading
import time
from dataclasses import replace

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections

from ecsdash.aws.buckets import Priority, calling
from ecsdash.aws.calls import Connection
from ecsdash.aws.errors import AwsError
from ecsdash.inventory import changes, viewers
from ecsdash.inventory.events.coverage import COVERED_NOUNS
from ecsdash.inventory.events.handlers import REFRESHERS
from ecsdash.inventory.events.intake import Message, take
from ecsdash.inventory.models import EventFeed, FeedProgress, Touched
from ecsdash.inventory.scope import Scope
from ecsdash.masking import mask

LONG_POLL_SECONDS = 20  # the longest that SQS allows
BATCH = 10  # the most that SQS gives at once
MOST = 200  # messages in one transaction
GATHER_SECONDS = 1.9  # from the end of one receive that was not full to the next: what came meanwhile waited so long
UNSEEN_SECONDS = 19.5  # the same while nobody looks at what events tell: batches are fuller
ENOUGH = 100  # messages that fill batches well enough: where as many come sooner, they wait no longer
LOOK_SECONDS = 0.95  # how often we see whether somebody has begun to look
SETTLE_SECONDS = 1.0  # from describing what was touched to the next time, however fast events come
AT_ONCE = 50  # touched resources described in one turn
REFRESH_AGAIN_SECONDS = 10  # after AWS did not answer
HIDDEN_SECONDS = 120  # how long a message that was received stays hidden from other readers
HELD_SECONDS = HIDDEN_SECONDS / 2  # how long stored messages may wait to be deleted ten at a time
BACKOFF_MOST_SECONDS = 60.0
PATIENCE = 5.0  # seconds that a call may wait for its turn: describing must not hold up reading
log = structlog.get_logger(__name__)


class Reader:
    """`busy` is held while messages are being stored and deleted: who holds it may end the process."""

    def __init__(self, feed: EventFeed, over: threading.Event, *, wait: int = LONG_POLL_SECONDS) -> None:
        self.feed, self.over, self.wait = feed, over, wait
        self.busy = threading.Lock()
        self.failures = 0
        self._aws = Connection(replace(feed.account.target(feed.region), answer_seconds=LONG_POLL_SECONDS + 10))
        self._stored: list[tuple[float, str]] = []  # when it was received, and its receipt
        self._refresh_from, self._behind = 0.0, True  # the process before may have left something
        self._unseen, self._asked = False, time.monotonic()

    def run(self) -> None:
        while not self.over.is_set():
            with calling(Priority.URGENT_SWEEP, patience=PATIENCE):
                pause = self.attempt()
            close_old_connections()
            self.rest(pause)

    def rest(self, pause: float) -> None:
        """Until the next turn is due, or somebody begins to look at what would be late for him."""
        due = time.monotonic() + pause
        while (left := due - time.monotonic()) > 0 and not self.over.wait(min(left, LOOK_SECONDS)):
            if self._unseen and self._seen():
                return

    def attempt(self) -> float:
        """One turn, whatever comes of it; answers after how many seconds the next one is due."""
        try:
            pause = self.turn()
        except AwsError as error:
            self._note_failure(error.code, str(mask(error.message)))
        except (DatabaseError, InterfaceError) as error:
            log.warning("feed_not_stored", feed=str(self.feed.arn), error=type(error).__name__)
        except Exception as error:
            log.exception("feed_broke", feed=self.feed.arn)
            self._note_failure(type(error).__name__, "Reading the feed broke; the log has the details.")
        else:
            self.failures = 0
            return pause
        self.failures += 1
        self._unseen = False
        return min(BACKOFF_MOST_SECONDS, 2.0 ** min(self.failures, 6))

    def turn(self) -> float:
        """Read what is there, store it, delete what is stored, describe again what was touched."""
        messages, more = self._receive(0 if self._behind else self.wait)
        before, self._asked = self._asked, time.monotonic()
        with self.busy:
            if self.over.is_set():
                return 0.0  # what was received comes back by itself
            take(self.feed, messages)
            self._stored += [(self._asked, each.receipt) for each in messages]
            self._delete()
            self._behind = self._refresh()
        if more or not (messages or self._behind):
            self._unseen = False
            return 0.0
        return max(0.0, self._asked + self._pace(len(messages), self._asked - before) - time.monotonic())

    def _pace(self, number: int, seconds: float) -> float:
        """From one receive to the next, when so many messages have come in so many seconds.

        Fewer than a batch say nothing of how fast they come.
        """
        self._unseen = not self._seen()
        longest = UNSEEN_SECONDS if self._unseen else GATHER_SECONDS
        return min(longest, ENOUGH * seconds / number) if number >= BATCH else longest

    def _seen(self) -> bool:
        return viewers.is_viewed(self.feed.account_id, self.feed.region, COVERED_NOUNS)

    def flush(self) -> None:
        """Delete what is stored and not deleted yet: the last thing before the end."""
        try:
            self._delete(everything=True)
        except AwsError as error:
            log.warning("stored_not_deleted", feed=self.feed.arn, code=error.code)

    def _receive(self, wait: int) -> tuple[list[Message], bool]:
        """While the batches are full, there is more: but what has come must not wait for that. True when there is."""
        found = self._receive_batch(wait)
        more, latest = len(found) == BATCH, time.monotonic() + GATHER_SECONDS / 2
        while more and len(found) < MOST and time.monotonic() < latest:
            batch = self._receive_batch(0)
            found += batch
            more = len(batch) == BATCH
        return found, more

    def _receive_batch(self, wait: int) -> list[Message]:
        answer = self._aws.call(
            "sqs.receive_message",
            QueueUrl=self.feed.queue_url,
            MaxNumberOfMessages=BATCH,
            WaitTimeSeconds=wait,
            VisibilityTimeout=HIDDEN_SECONDS,
        )
        return [
            Message(each["MessageId"], each["ReceiptHandle"], each["Body"]) for each in answer.data.get("Messages", ())
        ]

    def _delete(self, *, everything: bool = False) -> None:
        """Ten at a time; fewer only when the oldest has waited long. What comes again meanwhile changes nothing."""
        long_ago = time.monotonic() - HELD_SECONDS
        while len(self._stored) >= BATCH or (self._stored and (everything or self._stored[0][0] < long_ago)):
            batch, self._stored = self._stored[:BATCH], self._stored[BATCH:]
            entries = [{"Id": str(number), "ReceiptHandle": receipt} for number, (_, receipt) in enumerate(batch)]
            self._aws.call("sqs.delete_message_batch", QueueUrl=self.feed.queue_url, Entries=entries)

    def _refresh(self) -> bool:
        """Describe again what was touched; True when more will be due soon."""
        now = time.monotonic()
        if now < self._refresh_from:
            return True
        rows = list(Touched.objects.filter(feed=self.feed).order_by("at")[: AT_ONCE + 1])
        due = rows[:AT_ONCE]
        if due:
            self._refresh_from = now + SETTLE_SECONDS
        try:
            for noun in sorted({row.noun for row in due}):
                self._describe(noun, [row for row in due if row.noun == noun])
        except AwsError as error:  # events go on: their rows need no answer of AWS
            log.warning("touched_not_described", feed=self.feed.arn, code=error.code)
            self._refresh_from = now + REFRESH_AGAIN_SECONDS
            return True
        return len(rows) > len(due)

    def _describe(self, noun: str, rows: list[Touched]) -> None:
        REFRESHERS[noun](Scope(self.feed.account, self.feed.region), [row.arn for row in rows])
        Touched.objects.filter(pk__in=[row.pk for row in rows]).delete()

    def _note_failure(self, code: str, message: str) -> None:
        log.warning("feed_not_read", feed=self.feed.arn, code=code)
        try:
            FeedProgress.objects.filter(feed=self.feed).update(error_code=code[:200], error=message)
            changes.bump(self.feed.account, self.feed.region, "event_feeds")
        except (DatabaseError, InterfaceError):
            log.warning("database_unavailable", feed=self.feed.arn)

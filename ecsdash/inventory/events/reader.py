"""Read the queue of one event feed: long poll, store, then delete in batches of ten. Each feed has a thread."""

import threading
import time
from dataclasses import replace

import structlog
from django.db import close_old_connections

from ecsdash.aws.buckets import Priority, calling
from ecsdash.aws.errors import AwsError
from ecsdash.inventory import changes, viewers
from ecsdash.inventory.events.coverage import COVERED_NOUNS
from ecsdash.inventory.events.handlers import NOUN_EVENTS
from ecsdash.inventory.events.intake import Message, apply_batch
from ecsdash.inventory.models import EventFeed, FeedProgress, PendingDescribe
from ecsdash.inventory.scope import Scope
from ecsdash.masking import mask
from ecsdash.outages import DATABASE_ERRORS

LONG_POLL_SECONDS = 20  # the longest that SQS allows
BATCH = 10  # the most that SQS gives at once
MOST = 200  # messages in one transaction
GATHER_SECONDS = 1.9  # from one receive that was not full to the next: how long an event may wait
UNVIEWED_SECONDS = 19.5  # the same while nobody is looking at what events report: batches are fuller
FULL_ENOUGH = 100  # messages between two receives: where as many arrive sooner, the pause is shorter
VIEWER_CHECK_SECONDS = 0.95  # how often we check whether somebody has begun to look
SETTLE_SECONDS = 1.0  # between two describes, however fast events arrive
AT_ONCE = 50  # resources described at once
DESCRIBE_RETRY_SECONDS = 10  # after AWS did not answer
HIDDEN_SECONDS = 120  # how long a received message stays hidden from other readers
HELD_SECONDS = HIDDEN_SECONDS / 2  # how long stored messages may wait to be deleted ten at a time
BACKOFF_MOST_SECONDS = 60.0
DATABASE_SECONDS = 2.0  # until the next try after our own database was not available
BUCKET_WAIT_SECONDS = 5.0  # that a call may wait for its request bucket: describing must not delay reading
log = structlog.get_logger(__name__)


class Reader:
    """`busy` is held while messages are stored and deleted: a thread that holds it may end the process."""

    def __init__(self, feed: EventFeed, stopping: threading.Event, *, wait: int = LONG_POLL_SECONDS) -> None:
        self.feed, self.stopping, self.wait = feed, stopping, wait
        self.busy = threading.Lock()
        self.failures = 0
        aws = feed.account.reader(feed.region)
        self._aws = replace(aws, target=replace(aws.target, answer_seconds=LONG_POLL_SECONDS + 10))
        self._stored: list[tuple[float, str]] = []  # when it was received, and its receipt
        self._describe_from, self._pending = 0.0, True  # the previous process may have left something
        self._unviewed, self._received_at = False, time.monotonic()

    def run(self) -> None:
        while not self.stopping.is_set():
            with calling(Priority.URGENT_SWEEP, patience=BUCKET_WAIT_SECONDS):
                pause = self.attempt()
            close_old_connections()
            self.pause(pause)

    def pause(self, seconds: float) -> None:
        """Wait until the next receive is due, or until somebody begins to look and would see late data."""
        due = time.monotonic() + seconds
        while (left := due - time.monotonic()) > 0 and not self.stopping.wait(min(left, VIEWER_CHECK_SECONDS)):
            if self._unviewed and self._viewed():
                return

    def attempt(self) -> float:
        """Receive once, whatever the result. Return the seconds until the next time."""
        try:
            pause = self.receive()
        except AwsError as error:
            self._note_failure(error.code, str(mask(error.message)))
        except DATABASE_ERRORS as error:
            log.warning("feed_not_stored", feed=str(self.feed.arn), error=type(error).__name__)
            return DATABASE_SECONDS
        except Exception as error:
            log.exception("feed_crashed", feed=self.feed.arn)
            self._note_failure(type(error).__name__, "Reading the feed failed inside the dashboard; see its log.")
        else:
            self.failures = 0
            return pause
        self.failures += 1
        self._unviewed = False
        return min(BACKOFF_MOST_SECONDS, 2.0 ** min(self.failures, 6))

    def receive(self) -> float:
        """Receive messages, store them, delete what is stored, and describe what needs it. Return the seconds until the
        next receive."""
        messages, more = self._receive(0 if self._pending else self.wait)
        before, self._received_at = self._received_at, time.monotonic()
        with self.busy:
            if self.stopping.is_set():
                return 0.0  # SQS delivers what was received again
            apply_batch(self.feed, messages)
            self._stored += [(self._received_at, each.receipt) for each in messages]
            self._delete()
            self._pending = self._describe_pending()
        if more or not (messages or self._pending):
            self._unviewed = False
            return 0.0
        interval = self._interval(len(messages), self._received_at - before)
        return max(0.0, self._received_at + interval - time.monotonic())

    def _interval(self, number: int, seconds: float) -> float:
        """Seconds from one receive to the next, when `number` messages have arrived in `seconds`.

        Fewer than a batch do not show how fast messages arrive.
        """
        self._unviewed = not self._viewed()
        longest = UNVIEWED_SECONDS if self._unviewed else GATHER_SECONDS
        return min(longest, FULL_ENOUGH * seconds / number) if number >= BATCH else longest

    def _viewed(self) -> bool:
        return viewers.is_viewed(self.feed.account_id, self.feed.region, COVERED_NOUNS)

    def flush(self) -> None:
        """Delete what is stored and not deleted yet, before the process ends."""
        try:
            self._delete(everything=True)
        except AwsError as error:
            log.warning("stored_not_deleted", feed=self.feed.arn, code=error.code)

    def _receive(self, wait: int) -> tuple[list[Message], bool]:
        """Receive batches while they are full, for half of GATHER_SECONDS. Return True when there is more."""
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
        """Delete ten at a time, fewer only when the oldest has waited long. A redelivered message changes nothing."""
        long_ago = time.monotonic() - HELD_SECONDS
        while len(self._stored) >= BATCH or (self._stored and (everything or self._stored[0][0] < long_ago)):
            batch, self._stored = self._stored[:BATCH], self._stored[BATCH:]
            entries = [{"Id": str(number), "ReceiptHandle": receipt} for number, (_, receipt) in enumerate(batch)]
            self._aws.call("sqs.delete_message_batch", QueueUrl=self.feed.queue_url, Entries=entries)

    def _describe_pending(self) -> bool:
        """Describe again what events mentioned. Return True when more will be due soon."""
        now = time.monotonic()
        if now < self._describe_from:
            return True
        rows = list(PendingDescribe.objects.filter(feed=self.feed).order_by("at")[: AT_ONCE + 1])
        due = rows[:AT_ONCE]
        if due:
            self._describe_from = now + SETTLE_SECONDS
        try:
            for noun in sorted({row.noun for row in due}):
                self._describe(noun, [row for row in due if row.noun == noun])
        except AwsError as error:  # reading goes on: rows that events describe need no call
            log.warning("pending_not_described", feed=self.feed.arn, code=error.code)
            self._describe_from = now + DESCRIBE_RETRY_SECONDS
            return True
        return len(rows) > len(due)

    def _describe(self, noun: str, rows: list[PendingDescribe]) -> None:
        NOUN_EVENTS[noun].describe(Scope(self.feed.account, self.feed.region), [row.arn for row in rows])
        PendingDescribe.objects.filter(pk__in=[row.pk for row in rows]).delete()

    def _note_failure(self, code: str, message: str) -> None:
        log.warning("feed_not_read", feed=self.feed.arn, code=code)
        try:
            FeedProgress.objects.filter(feed=self.feed).update(error_code=code[:200], error=message)
            changes.bump(self.feed.account, self.feed.region, "event_feeds")
        except DATABASE_ERRORS:
            log.warning("database_unavailable", feed=self.feed.arn)

"""Reads the queue of one feed: long poll, store, then delete. One thread for each, so none waits for another."""

import threading
from dataclasses import replace
from datetime import timedelta

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import timezone

from ecsdash.audit.masking import mask
from ecsdash.aws.buckets import Priority, calling
from ecsdash.aws.calls import Connection
from ecsdash.aws.errors import AwsError
from ecsdash.inventory.events.handlers import REFRESHERS
from ecsdash.inventory.events.intake import Message, take
from ecsdash.inventory.models import EventFeed, FeedProgress, Touched
from ecsdash.inventory.scope import Scope

LONG_POLL_SECONDS = 20  # the longest that SQS allows
BATCH = 10  # the most that SQS gives at once
MOST = 200  # messages in one transaction
GATHER_SECONDS = 1.5  # a pause after a batch that was not full, so that the next one is fuller
SETTLE_SECONDS = 1  # how long what was touched may be touched again before it is described
AT_ONCE = 50  # touched resources described in one turn
REFRESH_AGAIN_SECONDS = 10  # after AWS did not answer
HIDDEN_SECONDS = 120  # how long a message that was received stays hidden from other readers
HELD_SECONDS = 5  # how long stored messages may wait to be deleted ten at a time
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
        self._stored: list[Message] = []
        self._stored_since = self._refresh_from = timezone.now()

    def run(self) -> None:
        while not self.over.is_set():
            with calling(Priority.HOT, patience=PATIENCE):
                pause = self.attempt()
            close_old_connections()
            self.over.wait(pause)

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
        return min(BACKOFF_MOST_SECONDS, 2.0 ** min(self.failures, 6))

    def turn(self) -> float:
        """Describe again what was touched, read what is there, store it, delete it."""
        with self.busy:
            waiting = self._refresh()
        messages = self._receive(0 if waiting else self.wait)
        with self.busy:
            if self.over.is_set():
                return 0.0  # what was received comes back by itself
            take(self.feed, messages)
            self._hold(messages)
            self._delete(everything=not messages)
        return GATHER_SECONDS if (messages or waiting) and len(messages) < MOST else 0.0

    def flush(self) -> None:
        """Delete what is stored and not deleted yet: the last thing before the end."""
        if self._stored:
            self._delete(everything=True)

    def _receive(self, wait: int) -> list[Message]:
        """Up to MOST messages: while the batches are full, there is more."""
        found = self._receive_batch(wait)
        more = len(found) == BATCH
        while more and len(found) < MOST:
            batch = self._receive_batch(0)
            found += batch
            more = len(batch) == BATCH
        return found

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

    def _hold(self, messages: list[Message]) -> None:
        if not self._stored:
            self._stored_since = timezone.now()
        self._stored += messages

    def _delete(self, *, everything: bool) -> None:
        """Ten at a time; fewer only when they have waited long enough. What stays is stored again: no harm."""
        late = timezone.now() - self._stored_since > timedelta(seconds=HELD_SECONDS)
        while len(self._stored) >= BATCH or (self._stored and (everything or late)):
            batch, self._stored = self._stored[:BATCH], self._stored[BATCH:]
            entries = [{"Id": str(number), "ReceiptHandle": each.receipt} for number, each in enumerate(batch)]
            self._aws.call("sqs.delete_message_batch", QueueUrl=self.feed.queue_url, Entries=entries)
            self._stored_since = timezone.now()

    def _refresh(self) -> bool:
        """Describe again what was touched and has settled; True when more will be due soon."""
        now = timezone.now()
        if now < self._refresh_from:
            return False
        rows = list(Touched.objects.filter(feed=self.feed).order_by("at"))
        due = [row for row in rows if row.at <= now - timedelta(seconds=SETTLE_SECONDS)][:AT_ONCE]
        try:
            for noun in sorted({row.noun for row in due}):
                self._describe(noun, [row for row in due if row.noun == noun])
        except AwsError as error:  # events go on: their rows need no answer of AWS
            log.warning("touched_not_described", feed=self.feed.arn, code=error.code)
            self._refresh_from = now + timedelta(seconds=REFRESH_AGAIN_SECONDS)
            return False
        return len(rows) > len(due)

    def _describe(self, noun: str, rows: list[Touched]) -> None:
        REFRESHERS[noun](Scope(self.feed.account, self.feed.region), [row.arn for row in rows])
        Touched.objects.filter(pk__in=[row.pk for row in rows]).delete()

    def _note_failure(self, code: str, message: str) -> None:
        log.warning("feed_not_read", feed=self.feed.arn, code=code)
        try:
            FeedProgress.objects.filter(feed=self.feed).update(error_code=code[:200], error=message)
        except (DatabaseError, InterfaceError):
            log.warning("database_unavailable", feed=self.feed.arn)

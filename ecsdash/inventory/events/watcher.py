"""Describe again and again what changes without an event: a thread beside the reader of each feed.

ECS sends events of what happens to a task, but not of most messages of a service. The resources that a noun watches are
few, and each is described once, whatever the number of viewers.
"""

import threading
from typing import Final

import structlog
from django.db import close_old_connections

from ecsdash.aws.buckets import Priority, calling
from ecsdash.aws.errors import AwsError
from ecsdash.inventory.events.handlers import NOUN_EVENTS, NounEvents
from ecsdash.inventory.events.reader import BUCKET_WAIT_SECONDS, DATABASE_SECONDS, DESCRIBE_RETRY_SECONDS
from ecsdash.inventory.models import EventFeed
from ecsdash.inventory.scope import Scope
from ecsdash.outages import DATABASE_ERRORS

WATCH_SECONDS: Final = 1.2  # from the end of one round to the next
SECONDS_FOR_EACH: Final = 0.02  # longer rounds for more resources: at most five calls a second, of ten resources each
SLOW_ROUNDS: Final = 10  # what has not changed for long is described in every tenth round
log = structlog.get_logger(__name__)


class Watcher:
    def __init__(self, feed: EventFeed, stopping: threading.Event) -> None:
        self.feed, self.stopping = feed, stopping
        self._round = 0

    def run(self) -> None:
        while not self.stopping.is_set():
            with calling(Priority.URGENT_SWEEP, patience=BUCKET_WAIT_SECONDS):
                pause = self.attempt()
            close_old_connections()
            self.stopping.wait(pause)

    def attempt(self) -> float:
        """Describe once, whatever the result. Return the seconds until the next time."""
        try:
            number = sum(self._watch(noun) for noun in NOUN_EVENTS.values())
        except AwsError as error:
            log.warning("watched_not_described", feed=self.feed.arn, code=error.code)
            return DESCRIBE_RETRY_SECONDS
        except DATABASE_ERRORS as error:
            log.warning("database_unavailable", feed=self.feed.arn, error=type(error).__name__)
            return DATABASE_SECONDS
        except Exception:
            log.exception("watcher_crashed", feed=self.feed.arn)
            return DESCRIBE_RETRY_SECONDS
        self._round += 1
        return max(WATCH_SECONDS, number * SECONDS_FOR_EACH)

    def _watch(self, noun: NounEvents) -> int:
        """Describe what the noun watches. Return the number of resources."""
        scope = Scope(self.feed.account, self.feed.region)
        arns = sorted(noun.watched(scope, slow=self._round % SLOW_ROUNDS == 0))
        if arns:
            noun.describe_watched(scope, arns)
        return len(arns)

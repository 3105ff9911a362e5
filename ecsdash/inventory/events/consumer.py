"""The process that reads every event feed: it finds the feeds, runs one thread for each, and sends a heartbeat."""

import threading
from dataclasses import dataclass

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections

from ecsdash.inventory.events.reader import Reader
from ecsdash.inventory.models import EventFeed, FeedProgress
from ecsdash.web import health

NAME = "events"
REFRESH_SECONDS = 5.0
STOP_SECONDS = 5.0  # that a batch may take to be stored when the process ends
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Running:
    """A thread and its reader; `stopping` ends this one alone."""

    reader: Reader
    thread: threading.Thread
    stopping: threading.Event


class Consumer:
    """`stopping` ends it: nothing new is started, what was started is finished."""

    def __init__(self, stopping: threading.Event) -> None:
        self.stopping = stopping
        self._running: dict[tuple[int, str], Running] = {}

    def run(self) -> None:
        while not self.stopping.is_set():
            self.refresh()
            close_old_connections()
            self.stopping.wait(REFRESH_SECONDS)
        self._end(list(self._running))

    def refresh(self) -> None:
        """Start a thread for each new feed, and end the threads of feeds that are gone."""
        health.beat(NAME)
        try:
            wanted = {(feed.pk, feed.queue_url): feed for feed in connected()}
        except (DatabaseError, InterfaceError) as error:
            log.warning("database_unavailable", error=type(error).__name__)
            return
        self._end([key for key in self._running if key not in wanted])
        for key in wanted.keys() - self._running.keys():
            self._start(key, wanted[key])

    def _start(self, key: tuple[int, str], feed: EventFeed) -> None:
        stopping = threading.Event()
        reader = Reader(feed, stopping)
        # A daemon: a thread in a long poll at the end of the process holds nothing that would be lost.
        thread = threading.Thread(target=reader.run, name=f"feed {feed.region}", daemon=True)
        self._running[key] = Running(reader, thread, stopping)
        thread.start()

    def _end(self, keys: list[tuple[int, str]]) -> None:
        ending = [self._running.pop(key) for key in keys]
        for each in ending:
            each.stopping.set()
        for each in ending:
            if each.reader.busy.acquire(timeout=STOP_SECONDS):
                each.reader.flush()
                each.reader.busy.release()


def connected() -> list[EventFeed]:
    """Return the feeds to read, each with a row for its progress."""
    feeds = list(
        EventFeed.objects.filter(connected=True, gone_at=None, account__enabled=True).select_related("account")
    )
    FeedProgress.objects.bulk_create([FeedProgress(feed=feed) for feed in feeds], ignore_conflicts=True)
    return feeds


def is_alive() -> bool:
    return health.is_alive(NAME)

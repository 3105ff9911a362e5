"""The process that reads every feed: looks which there are, keeps one thread for each, and gives a sign of life."""

import threading
from dataclasses import dataclass

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections

from ecsdash.inventory.events.reader import Reader
from ecsdash.inventory.models import EventFeed, FeedProgress
from ecsdash.web import health

NAME = "events"
LOOK_SECONDS = 5.0
PATIENCE = 5.0  # seconds that a batch may take to be stored when the end has come
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Running:
    """A thread and what it reads; `over` ends this one alone."""

    reader: Reader
    thread: threading.Thread
    over: threading.Event


class Consumer:
    """`over` ends it: nothing new is begun, what was begun is finished."""

    def __init__(self, over: threading.Event) -> None:
        self.over = over
        self._running: dict[tuple[int, str], Running] = {}

    def run(self) -> None:
        while not self.over.is_set():
            self.look()
            close_old_connections()
            self.over.wait(LOOK_SECONDS)
        self._end(list(self._running))

    def look(self) -> None:
        """Start a thread for each new feed, and end those whose feed is gone."""
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
        over = threading.Event()
        reader = Reader(feed, over)
        # A thread in a long poll is left behind at the end of the process: it holds nothing that would be lost.
        thread = threading.Thread(target=reader.run, name=f"feed {feed.region}", daemon=True)
        self._running[key] = Running(reader, thread, over)
        thread.start()

    def _end(self, keys: list[tuple[int, str]]) -> None:
        ending = [self._running.pop(key) for key in keys]
        for each in ending:
            each.over.set()
        for each in ending:
            if each.reader.busy.acquire(timeout=PATIENCE):
                each.reader.flush()
                each.reader.busy.release()


def connected() -> list[EventFeed]:
    """The feeds to read, each with a row for its progress."""
    feeds = list(
        EventFeed.objects.filter(connected=True, gone_at=None, account__enabled=True).select_related("account")
    )
    FeedProgress.objects.bulk_create([FeedProgress(feed=feed) for feed in feeds], ignore_conflicts=True)
    return feeds


def is_alive() -> bool:
    return health.is_alive(NAME)

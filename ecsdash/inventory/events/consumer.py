"""The process that reads every event feed: it finds the feeds, runs two threads for each, and sends a heartbeat.

Of several such processes one reads; another takes over when it ends or hangs.
"""

import threading
import time
from dataclasses import dataclass

from django.db import close_old_connections

from ecsdash.inventory.events.reader import Reader
from ecsdash.inventory.events.watcher import Watcher
from ecsdash.inventory.models import EventFeed, FeedProgress
from ecsdash.outages import DATABASE_ERRORS, Outage
from ecsdash.web import heartbeats
from ecsdash.web.leadership import Leadership

NAME = "events"
REFRESH_SECONDS = 3.0
STOP_SECONDS = 5.0  # that the batches may take to be stored when the process ends


@dataclass(frozen=True)
class Running:
    """A reader with its thread, and the thread that describes what changes without events; `stopping` ends these."""

    reader: Reader
    threads: tuple[threading.Thread, threading.Thread]
    stopping: threading.Event


class Consumer:
    """`stopping` ends it: nothing new is started, what was started is finished."""

    def __init__(self, stopping: threading.Event) -> None:
        self.stopping = stopping
        self.leadership = Leadership(NAME)
        self._database = Outage("database", seconds=0)
        self._running: dict[tuple[int, str], Running] = {}

    def run(self) -> None:
        while not self.stopping.is_set():
            self.refresh()
            close_old_connections()
            self.stopping.wait(REFRESH_SECONDS)
        self._end(list(self._running))
        self.leadership.release()
        heartbeats.end(NAME)

    def refresh(self) -> None:
        """Start a thread for each new feed, and end the threads of feeds that are gone; of all when another leads."""
        heartbeats.send(NAME)
        if not self.leadership.held():
            self._end(list(self._running))
            return
        try:
            wanted = {(feed.pk, feed.queue_url): feed for feed in connected()}
        except DATABASE_ERRORS as error:
            self._database.failed(error)
            return
        self._database.answered()
        self._end([key for key in self._running if key not in wanted])
        for key in wanted.keys() - self._running.keys():
            self._start(key, wanted[key])

    def _start(self, key: tuple[int, str], feed: EventFeed) -> None:
        stopping = threading.Event()
        reader, watcher = Reader(feed, stopping), Watcher(feed, stopping)
        # Daemons: a thread in a long poll at the end of the process holds nothing that would be lost.
        threads = (
            threading.Thread(target=reader.run, name=f"feed {feed.region}", daemon=True),
            threading.Thread(target=watcher.run, name=f"watcher {feed.region}", daemon=True),
        )
        self._running[key] = Running(reader, threads, stopping)
        for thread in threads:
            thread.start()

    def _end(self, keys: list[tuple[int, str]]) -> None:
        ending = [self._running.pop(key) for key in keys]
        for each in ending:
            each.stopping.set()
        deadline = time.monotonic() + STOP_SECONDS
        for each in ending:
            if each.reader.busy.acquire(timeout=max(0.0, deadline - time.monotonic())):
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
    return heartbeats.is_alive(NAME)

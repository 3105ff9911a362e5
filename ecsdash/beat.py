"""The scheduler of beat. Several beats may run: one leads. Jobs that no worker takes are not sent again and again."""

import time
from typing import Any, Final

from celery import beat

from ecsdash.outages import REDIS
from ecsdash.web import heartbeats
from ecsdash.web.leadership import RENEW_SECONDS, Leadership
from ecsdash.web.polling import pubsub

NAME: Final = "beat"
BACKGROUND: Final = "background"
#: Jobs of the schedule that may wait for a worker. More would only delay it: the newest job does the work of all.
MOST_WAITING: Final = 30


class Scheduler(beat.Scheduler):
    """Keeps the schedule in memory. Jobs carry no time of expiry, which a worker with another clock would misread."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.leadership = Leadership(NAME)
        self._sent_at = float("-inf")
        super().__init__(*args, **options)

    def tick(self, *args: Any, **options: Any) -> float:
        """Send what is due and return the seconds until the next tick."""
        if time.monotonic() > self._sent_at + heartbeats.SEND_SECONDS:
            self._sent_at = time.monotonic()
            heartbeats.send(NAME)
        if not self.leadership.held():
            return RENEW_SECONDS
        return min(RENEW_SECONDS, super().tick(*args, **options))

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Send one job, unless no worker takes the jobs at present."""
        if REDIS.away:
            return
        try:
            waiting: Any = pubsub.connect().llen(BACKGROUND)
            if waiting < MOST_WAITING:
                self.apply_async(entry, producer=producer, advance=False)
        except Exception as error:
            REDIS.failed(error)
        else:
            REDIS.answered()

    def close(self) -> None:
        self.leadership.release()
        heartbeats.end(NAME)
        super().close()

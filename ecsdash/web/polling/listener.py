"""The thread by which a web process keeps its counters right and hears of changed access."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import structlog
from redis.client import PubSub

from ecsdash.web.polling import pubsub
from ecsdash.web.polling.counters import Counters
from ecsdash.web.polling.tickets import LONGEST

READ_SECONDS: Final = 3.0
TRUST_SECONDS: Final = 8.0
AGAIN_SECONDS: Final = 1.0
Read = Callable[[Iterable[str]], Mapping[str, int]]
log = structlog.get_logger(__name__)


class Listener:
    """`read` answers the values of counters as the database has them.

    The counters are trusted for a few seconds after Redis has answered and the database was read. `voided_at` is when
    access last changed (seconds since the epoch): passes checked before are void.
    """

    def __init__(self, counters: Counters, read: Read) -> None:
        self.counters = counters
        self.read = read
        self.voided_at = 0.0
        self.ended: dict[str, float] = {}
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """In the process that answers requests: a thread does not survive a fork."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="news", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self.listen()
            except Exception as error:  # whatever it is, Django answers meanwhile, and we try again
                log.warning("news_not_heard", error=str(error))
            self.counters.trusted_until = 0.0
            time.sleep(AGAIN_SECONDS)

    def listen(self) -> None:
        """Until Redis or the database fails."""
        client = pubsub.connect()
        with PubSub(client.connection_pool) as words:
            words.subscribe(pubsub.channel(client))
            self.voided_at = time.time()  # what was said while nobody listened is not known
            while True:
                self._check(words)
                until = time.monotonic() + READ_SECONDS
                while (left := until - time.monotonic()) > 0:
                    self._hear(words.get_message(timeout=left))

    def _check(self, words: PubSub) -> None:
        """Read the database; that Redis still answers, the answer to the ping will tell."""
        self.counters.hear(self.read(self.counters.asked_for()))
        oldest = time.time() - LONGEST
        self.ended = {mark: at for mark, at in self.ended.items() if at > oldest}
        words.ping()

    def _hear(self, message: dict[str, Any] | None) -> None:
        if message is None:
            return
        if message["type"] == "pong":
            self.counters.trusted_until = time.monotonic() + TRUST_SECONDS
        elif message["type"] == "message":
            told = json.loads(message["data"])
            self.counters.hear(told.get("counters", {}))
            if "access" in told:
                self.voided_at = time.time()
            if "session" in told:
                self.ended[told["session"]] = time.time()

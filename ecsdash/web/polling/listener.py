"""The thread by which a web process keeps its counters current and learns of changed access."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from redis.client import PubSub

from ecsdash.outages import Outage
from ecsdash.web.polling import pubsub
from ecsdash.web.polling.counters import Counters
from ecsdash.web.polling.tickets import LONGEST_SECONDS

READ_SECONDS: Final = 3.0
TRUST_SECONDS: Final = 8.0
RETRY_SECONDS: Final = 1.0
ReadCounters = Callable[[Iterable[str]], Mapping[str, int]]


class Listener:
    """`read` returns the values of counters from the database.

    The counters are trusted for TRUST_SECONDS after Redis has answered and the database was read. Tickets whose access
    was checked before `access_changed_at` (seconds since the epoch) are void, and so are those of `ended_sessions`
    (session digest -> when it ended).
    """

    def __init__(self, counters: Counters, read: ReadCounters) -> None:
        self.counters = counters
        self.read = read
        self.access_changed_at = 0.0
        self.ended_sessions: dict[str, float] = {}
        self._outage = Outage("database or redis", seconds=0)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the thread in the process that answers requests: a thread does not survive a fork."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self.listen()
            except Exception as error:  # whatever it is, Django answers meanwhile, and we try again
                self._outage.failed(error)
            self.counters.trusted_until = 0.0
            time.sleep(RETRY_SECONDS)

    def listen(self) -> None:
        """Receive messages until Redis or the database fails."""
        client = pubsub.connect()
        with PubSub(client.connection_pool) as subscription:
            subscription.subscribe(pubsub.channel(client))
            self.access_changed_at = time.time()  # what was published while nobody listened is not known
            while True:
                self._refresh(subscription)
                until = time.monotonic() + READ_SECONDS
                while (left := until - time.monotonic()) > 0:
                    self._handle(subscription.get_message(timeout=left))

    def _refresh(self, subscription: PubSub) -> None:
        """Read the database; the answer to the ping will show that Redis still answers."""
        self.counters.update(self.read(self.counters.in_use()))
        oldest = time.time() - LONGEST_SECONDS
        self.ended_sessions = {digest: at for digest, at in self.ended_sessions.items() if at > oldest}
        subscription.ping()

    def _handle(self, message: dict[str, Any] | None) -> None:
        if message is None:
            return
        if message["type"] == "pong":
            self.counters.trusted_until = time.monotonic() + TRUST_SECONDS
            self._outage.answered()
        elif message["type"] == "message":
            content = json.loads(message["data"])
            self.counters.update(content.get("counters", {}))
            if "access" in content:
                self.access_changed_at = time.time()
            if "session" in content:
                self.ended_sessions[content["session"]] = time.time()

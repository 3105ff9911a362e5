"""What pages answer during a fault: requested again and again, each over a new connection."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Final

HEALTH: Final = "/healthz"
EVERY_SECONDS: Final = 0.25
PATIENCE: Final = 10.0


@dataclass(frozen=True)
class Response:
    """`status` is 0 without an answer. Times are monotonic."""

    path: str
    began: float
    ended: float
    status: int

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass
class Pages:
    """Responses of one page and of the health check; another thread requests them."""

    port: int
    page: str
    cookies: str
    responses: list[Response] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def requested(self) -> Iterator["Pages"]:
        threads = [threading.Thread(target=self._request_until_stopped, args=[path]) for path in (self.page, HEALTH)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _request_until_stopped(self, path: str) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            began = time.monotonic()
            status = self._status(path)
            self.responses.append(Response(path, began, time.monotonic(), status))

    def _status(self, path: str) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"Cookie": self.cookies} if path != HEALTH else {})
            response = connection.getresponse()
            response.read()
            return response.status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    @property
    def slowest(self) -> float:
        return max((each.seconds for each in self.responses), default=0.0)

    @property
    def unhealthy(self) -> int:
        """The number of health checks without status 200."""
        return sum(each.status != 200 for each in self.responses if each.path == HEALTH)

    def first_good(self, since: float, patience: float) -> float:
        """Return the seconds from `since` until a page that began after it was complete. Wait for it."""
        deadline = time.monotonic() + patience
        while not (good := [each for each in list(self.responses) if self._is_good(each, since)]):
            if time.monotonic() > deadline:
                return float("inf")
            time.sleep(EVERY_SECONDS)
        return good[0].ended - since

    def _is_good(self, response: Response, since: float) -> bool:
        return response.path == self.page and response.began >= since and response.status == 200

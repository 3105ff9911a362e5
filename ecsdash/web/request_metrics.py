"""WSGI middleware that counts requests and their durations. It is the outermost one."""

import threading
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from ecsdash.web import process_counters

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUESTS: Final = "ecsdash_http_requests"
SECONDS: Final = "ecsdash_http_request_seconds"
#: Upper bounds of the buckets in seconds.
BOUNDS: Final = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
BUCKETS: Final = (*map(str, BOUNDS), "+Inf")


class RequestMetrics:
    """Keeps its own numbers, because it runs for every poll; they become counters when these are sent."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application
        self._counted: dict[tuple[str, str, int], list[float]] = {}  # kind, status, bucket -> requests, seconds
        self._lock = threading.Lock()
        self._sending = False
        process_counters.add_source(self._take)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        began, status = time.perf_counter(), "500"

        def noted(line: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            nonlocal status
            status = line[:3]
            return start(line, headers, *more)

        try:
            return self.application(environ, noted)
        finally:
            self._count(_kind(environ), status, time.perf_counter() - began)

    def _count(self, kind: str, status: str, seconds: float) -> None:
        key = kind, status, bisect_left(BOUNDS, seconds)
        with self._lock:
            counted = self._counted.get(key) or self._counted.setdefault(key, [0.0, 0.0])
            counted[0] += 1
            counted[1] += seconds
        if not self._sending:
            self._sending = True
            process_counters.start_flushing()

    def _take(self) -> Iterator[tuple[process_counters.Counter, float]]:
        """Return what was counted since the last time: by status, by duration, and the sum of durations."""
        with self._lock:
            counted, self._counted = self._counted, {}
        for (kind, status, bucket), (requests, seconds) in counted.items():
            yield process_counters.counter(REQUESTS, kind=kind, status=status), requests
            yield process_counters.counter(SECONDS, kind=kind, le=BUCKETS[bucket]), requests
            yield process_counters.counter(f"{SECONDS}_sum", kind=kind), seconds


def _kind(environ: "WSGIEnvironment") -> str:
    """Return `poll` for a fragment with a ticket or for one, `static` for a file, `page` for everything else."""
    if "HTTP_HX_PTAG" in environ or "HTTP_HX_REQUEST" in environ:
        return "poll"
    return "static" if environ["PATH_INFO"].startswith("/static/") else "page"

"""WSGI middleware that counts requests and their durations. It is the outermost one."""

import time
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
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
    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        began, statuses = time.perf_counter(), ["500"]

        def noted(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            statuses[0] = status[:3]
            return start(status, headers, *more)

        try:
            return self.application(environ, noted)
        finally:
            seconds = time.perf_counter() - began
            request, bucket, total = _counters(_kind(environ), statuses[0], BUCKETS[bisect_left(BOUNDS, seconds)])
            process_counters.add_all((request, 1.0), (bucket, 1.0), (total, seconds))


@lru_cache(maxsize=1024)
def _counters(kind: str, status: str, bucket: str) -> tuple[process_counters.Counter, ...]:
    """Return the counters of a request: by status, by duration, and the sum of durations."""
    return (
        process_counters.counter(REQUESTS, kind=kind, status=status),
        process_counters.counter(SECONDS, kind=kind, le=bucket),
        process_counters.counter(f"{SECONDS}_sum", kind=kind),
    )


def _kind(environ: "WSGIEnvironment") -> str:
    """Return `poll` for a fragment with a ticket or for one, `static` for a file, `page` for everything else."""
    if "HTTP_HX_PTAG" in environ or "HTTP_HX_REQUEST" in environ:
        return "poll"
    return "static" if environ["PATH_INFO"].startswith("/static/") else "page"

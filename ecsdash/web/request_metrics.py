"""WSGI middleware that counts requests and their durations. It is the outermost one."""

import time
from bisect import bisect_left
from collections.abc import Iterable
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
        began, kind = time.perf_counter(), _kind(environ)

        def counted(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            process_counters.add(REQUESTS, kind=kind, status=status[:3])
            return start(status, headers, *more)

        try:
            return self.application(environ, counted)
        finally:
            seconds = time.perf_counter() - began
            process_counters.add(SECONDS, kind=kind, le=BUCKETS[bisect_left(BOUNDS, seconds)])
            process_counters.add(f"{SECONDS}_sum", seconds, kind=kind)


def _kind(environ: "WSGIEnvironment") -> str:
    """Return `poll` for a fragment with a ticket or for one, `static` for a file, `page` for everything else."""
    if "HTTP_HX_PTAG" in environ or "HTTP_HX_REQUEST" in environ:
        return "poll"
    return "static" if environ["PATH_INFO"].startswith("/static/") else "page"

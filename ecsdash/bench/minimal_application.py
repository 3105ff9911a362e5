"""A minimal WSGI application: the baseline for the response times of the same server."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    start("304 Not Modified", [])
    return ()

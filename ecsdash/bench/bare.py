"""The least that a WSGI application can be: what every other answer of the same server is measured against."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    start("304 Not Modified", [])
    return ()

"""A gate between the product and the simulated AWS: it can hold one writing call, before or after its effect.

The product sees an ordinary endpoint. While a call is held, a test kills the worker that made it.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs

from support.processes import LOOPBACK

from tests.processes import Sandbox

READS = re.compile(r"^(Describe|List|Get|Filter|Lookup|BatchGet)")
#: Where the paths of EFS and of Lambda begin.
REST = ("/2015-02-01/", "/2015-03-31/")
NOT_FORWARDED = ("connection", "transfer-encoding", "content-length")
When = Literal["before", "after"]
Answered = tuple[int, list[tuple[str, str]], bytes]


@dataclass
class Hold:
    """The next writing call to hold, or the next `only`. `reached` is set when it is held; `release` ends the hold."""

    when: When
    only: str = ""
    reached: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    operation: str = ""


class Tollgate:
    """Listens on a free loopback port and forwards to the sandbox.

    `writes` are the writing calls that had an effect. `repeats` are the requests that were held after their
    effect: they are not held again.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.writes: list[str] = []
        self.repeats: set[bytes] = set()
        self.hold: Hold | None = None
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer((LOOPBACK, 0), _handler(self))
        self.server.daemon_threads = True
        self.url = f"http://{LOOPBACK}:{self.server.server_address[1]}"

    @contextmanager
    def open(self) -> Iterator["Tollgate"]:
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            if self.hold:
                self.hold.release.set()
            self.server.shutdown()
            self.server.server_close()

    def take_hold(self, operation: str, request: bytes) -> Hold | None:
        """Return the hold if this call is the one to hold, otherwise None."""
        with self.lock:
            if self.hold is None or self.hold.operation or READS.match(operation) or request in self.repeats:
                return None
            if self.hold.only not in ("", operation):
                return None
            self.hold.operation = operation
            if self.hold.when == "after":
                self.repeats.add(request)
            return self.hold

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answered:
        connection = HTTPConnection(LOOPBACK, self.sandbox.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def response(self, operation: str, request: bytes, answered: Answered) -> tuple[bytes, bool]:
        """Return the bytes of the response, and whether the connection stays open after it."""
        return response_bytes(*answered), True


def response_bytes(status: int, headers: list[tuple[str, str]], content: bytes, promised: int | None = None) -> bytes:
    """Return an HTTP response. `promised` is the length that its header promises, if it is not the content's."""
    kept = [(name, value) for name, value in headers if name.lower() not in NOT_FORWARDED]
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in kept)]
    lines.append(f"Content-Length: {len(content) if promised is None else promised}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


def operation_of(method: str, path: str, headers: dict[str, str], body: bytes) -> str:
    """Return the API operation of a request in any AWS protocol. For EFS and Lambda: method and path, for example
    `Delete mount-targets`."""
    target = headers.get("X-Amz-Target", "")
    for prefix in REST:
        if path.startswith(prefix):
            return f"{method.capitalize()} {path.removeprefix(prefix).partition('/')[0].partition('?')[0]}"
    return target.rpartition(".")[2] or parse_qs(body.decode(errors="replace")).get("Action", [""])[0]


def _handler(gate: Tollgate) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            operation = operation_of(self.command, self.path, headers, body)
            hold = gate.take_hold(operation, self.path.encode() + body)
            if hold and hold.when == "before":
                self._wait(hold)
                return
            status, answered, content = gate.forward(self.command, self.path, headers, body)
            if status < 400 and not READS.match(operation):
                gate.writes.append(operation)
            if hold:
                self._wait(hold)
                return
            response, whole = gate.response(operation, self.path.encode() + body, (status, answered, content))
            self.close_connection = self.close_connection or not whole
            with suppress(ConnectionError):
                self.wfile.write(response)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

        def _wait(self, hold: Hold) -> None:
            """Wait for the release. The caller is killed meanwhile, so no response is sent."""
            hold.reached.set()
            hold.release.wait(60)
            self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Write no log."""

    return Handler

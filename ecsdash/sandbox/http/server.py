"""The HTTP server: one address on the loopback interface, keep-alive connections, a thread for each."""

import ssl
import sys
import traceback
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from ecsdash.sandbox.http import tls
from ecsdash.sandbox.http.messages import LostResponseError, Request, Response, error_response

LOOPBACK = "127.0.0.1"
Responder = Callable[[Request], Response]


class SandboxServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__((LOOPBACK, port), SandboxHandler)
        self.respond: Responder = lambda request: Response(503)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(SandboxHandler.timeout)
        try:
            encrypted = tls.is_tls(request)
        except TimeoutError:
            return
        if not encrypted:
            super().finish_request(request, client_address)
            return
        with tls.context().wrap_socket(request, server_side=True) as connection:
            super().finish_request(connection, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that disconnect or reject the certificate; print any other error."""
        if not isinstance(sys.exception(), ConnectionError | ssl.SSLError):
            traceback.print_exc()


class SandboxHandler(BaseHTTPRequestHandler):
    server: SandboxServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 120

    def _read(self) -> Request:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._chunks() if "chunked" in headers.get("transfer-encoding", "") else self._sized(headers)
        encrypted = isinstance(self.connection, ssl.SSLSocket)
        return Request(self.command, unquote(path), query, headers, body, encrypted)

    def _sized(self, headers: dict[str, str]) -> bytes:
        length = headers.get("content-length", "0")
        return self.rfile.read(int(length)) if length.isdigit() else b""

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := int(self.rfile.readline().split(b";")[0].strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(body)

    def _serve(self) -> None:
        request = self._read()
        try:
            answer = self.server.respond(request)
        except LostResponseError:
            self.close_connection = True
            return
        except Exception:
            traceback.print_exc()
            answer = error_response(request, "InternalFailure", "The simulated service failed.", 500)
        self._write(answer)

    def _write(self, answer: Response) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "x-amzn-requestid" not in {name.lower() for name in answer.headers}:
            self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _serve  # noqa: N815

    def log_message(self, *args: object) -> None:
        """Requests are not logged: clients poll every second."""

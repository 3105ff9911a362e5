"""An endpoint with the same response to every request, such as a broken proxy before AWS."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.processes import LOOPBACK

from ecsdash.aws.calls import Connection
from ecsdash.aws.session import Target


def connection_to(url: str) -> Connection:
    keys = {"access_key_id": "test", "secret_access_key": "test"}
    return Connection(Target("123456789012", "eu-central-1", endpoint_url=url, answer_seconds=2, **keys))


@contextmanager
def fixed_response(status: int, body: bytes) -> Iterator[str]:
    """Start the endpoint. Yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()

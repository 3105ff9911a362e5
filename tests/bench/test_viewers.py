"""The simulated browsers of `bench watch` and `bench scale`."""

import socket
import threading
from collections.abc import Iterator

import pytest

from ecsdash.bench.viewers import Viewer, poll_at_intervals

NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"


@pytest.fixture
def hasty_server() -> Iterator[int]:
    """The port of a server that answers one request on each connection and closes it without saying so."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                if connection.recv(4096):
                    connection.sendall(NOT_MODIFIED)

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def test_a_viewer_whose_connection_was_closed_connects_again_and_loses_no_poll(hasty_server: int) -> None:
    viewer = Viewer(hasty_server, "/")
    results = poll_at_intervals([viewer], seconds=0.3, every=0.02, change=lambda: None, pause=60)
    viewer.close()
    assert set(results.statuses) == {304}
    assert len(results.took) > 3
    assert results.reconnects >= len(results.took) - 1

"""The last moment before a request: what is sent too late is not sent, and what may have been sent is known."""

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.processes import LOOPBACK

from ecsdash.aws import sending, session
from ecsdash.aws.calls import Connection
from ecsdash.aws.errors import AwsError, TooLate, Unavailable
from ecsdash.aws.session import Target
from ecsdash.sandbox.http import tls

GARBAGE = b"\x80\x00not a TLS record" * 4


class SecureEndpoint:
    """Accepts TLS connections, records the first part of each request, and responds with garbage outside of TLS."""

    def __init__(self) -> None:
        self.listener = socket.create_server((LOOPBACK, 0))
        self.accepted, self.closed = threading.Event(), threading.Event()
        self.received: list[bytes] = []
        keys = {"access_key_id": "test", "secret_access_key": "test"}
        url = f"https://localhost:{self.listener.getsockname()[1]}"
        self.aws = Connection(Target("123456789012", "eu-central-1", endpoint_url=url, answer_seconds=5, **keys))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            self.accepted.set()
            try:
                with tls.context().wrap_socket(raw, server_side=True) as secured:
                    part = secured.recv(65536)
                    if part:
                        self.received.append(part)
                        os.write(secured.fileno(), GARBAGE)
            except OSError:
                pass  # the client refuses the certificate
            self.closed.set()

    def error(self) -> AwsError:
        with pytest.raises(AwsError) as caught:
            self.aws.call("ecs.register_task_definition", family="web", containerDefinitions=[])
        assert self.closed.wait(10)
        return caught.value

    def certificate(self) -> str:
        return ssl.get_server_certificate((LOOPBACK, self.listener.getsockname()[1]))


@pytest.fixture
def endpoint() -> Iterator[SecureEndpoint]:
    found = SecureEndpoint()
    yield found
    found.listener.close()
    session.forget()


@pytest.fixture
def trusted(endpoint: SecureEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SecureEndpoint:
    """The endpoint, whose certificate the clients accept."""
    (tmp_path / "ca.pem").write_text(endpoint.certificate())
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    assert endpoint.closed.wait(10)
    endpoint.accepted.clear()
    endpoint.closed.clear()
    return endpoint


def test_garbage_after_a_request_leaves_open_whether_it_took_effect(trusted: SecureEndpoint) -> None:
    error = trusted.error()
    assert (type(error), error.ambiguous) == (Unavailable, True)
    assert trusted.received


def test_a_refused_certificate_had_no_effect(endpoint: SecureEndpoint) -> None:
    error = endpoint.error()
    assert (type(error), error.ambiguous, endpoint.received) == (Unavailable, False, [])


def test_a_process_that_is_stopped_during_the_handshake_sends_nothing(trusted: SecureEndpoint) -> None:
    with sending.only_while(lambda: not trusted.accepted.is_set()):
        error = trusted.error()
    assert (type(error), error.ambiguous, error.sent, trusted.received) == (TooLate, False, False, [])


def test_reads_are_sent_at_any_time(trusted: SecureEndpoint) -> None:
    with sending.only_while(lambda: False), pytest.raises(Unavailable):
        trusted.aws.call("ecs.list_clusters")
    assert trusted.received

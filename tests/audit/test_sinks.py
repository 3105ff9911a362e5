"""Sinks receive every event at least once, in order, from one process at a time; a failing one shows its backlog."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from moto.server import ThreadedMotoServer
from pytest_django import Settings
from pytest_django.asserts import assertContains

from ecsdash.access.models import User
from ecsdash.audit import checkpoints
from ecsdash.audit.jobs import deliver
from ecsdash.audit.models import SinkProgress
from ecsdash.audit.record import record
from ecsdash.audit.sinks import delivery, sink
from ecsdash.audit.sinks.base import SinkError
from ecsdash.audit.sinks.syslog import SyslogSink

pytestmark = pytest.mark.django_db
LOOPBACK = "127.0.0.1"


def record_events(number: int) -> None:
    for _ in range(number):
        record(actor=None, action="sign_in")


class Webhook(HTTPServer):
    """A receiver that answers with `status` and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), _Answer)
        self.status, self.numbers, self.tokens = 200, list[int](), set[str]()

    @property
    def address(self) -> str:
        return f"http://:t0ken@{LOOPBACK}:{self.server_port}/in?x=secret"


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        receiver.numbers += [json.loads(line)["seq"] for line in body.splitlines()]
        receiver.tokens.add(self.headers["Authorization"])
        self.send_response(receiver.status)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def webhook(settings: Settings) -> Iterator[Webhook]:
    server = Webhook()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.AUDIT_SINKS = [server.address]
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def progress() -> SinkProgress:
    return SinkProgress.objects.get()


def test_every_event_arrives_in_order(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BATCH", 4)
    record_events(10)
    deliver()
    record_events(2)
    deliver()
    assert (webhook.numbers, webhook.tokens) == (list(range(1, 13)), {"Bearer t0ken"})
    assert (progress().position, delivery.backlog(progress()), progress().error) == (12, 0, "")


def test_what_was_not_accepted_is_sent_again_after_a_pause(webhook: Webhook) -> None:
    record_events(3)
    webhook.status = 503
    deliver()
    deliver()  # the pause is not over
    assert webhook.numbers == [1, 2, 3]
    assert (progress().position, progress().failures) == (0, 1)
    assert progress().error == "The webhook answered with status 503"
    webhook.status = 204
    SinkProgress.objects.update(next_try_at=timezone.now())
    deliver()
    assert webhook.numbers == [1, 2, 3, 1, 2, 3]
    assert (progress().position, progress().failures, progress().error) == (3, 0, "")


def test_while_one_process_sends_another_does_not(webhook: Webhook) -> None:
    record_events(1)
    SinkProgress.objects.create(
        stream="events", sink=sink(webhook.address).address, claimed_until=timezone.now() + timedelta(seconds=60)
    )
    deliver()
    assert webhook.numbers == []
    SinkProgress.objects.update(claimed_until=timezone.now())  # that process was killed
    deliver()
    assert webhook.numbers == [1]


def test_the_page_shows_backlog_and_error_without_secrets(webhook: Webhook, admin: User) -> None:
    record_events(3)
    webhook.status = 500
    deliver()
    client = Client()
    client.force_login(admin)
    page = client.get("/settings/audit/")
    for text in (f"http://{LOOPBACK}:{webhook.server_port}/in", "status 500", "Failed", ">3<"):
        assertContains(page, text)
    assert b"t0ken" not in page.content
    assert b"x=secret" not in page.content


def test_syslog_messages_carry_their_length(settings: Settings) -> None:
    received = bytearray()
    with socket.create_server((LOOPBACK, 0)) as server:
        thread = threading.Thread(target=_read_all, args=(server, received))
        thread.start()
        settings.AUDIT_SINKS = [f"syslog://{LOOPBACK}:{server.getsockname()[1]}"]
        record_events(2)
        deliver()
        thread.join()
    messages = []
    while received:
        length, _, rest = bytes(received).partition(b" ")
        messages.append(rest[: int(length)].decode())
        received = bytearray(rest[int(length) :])
    assert [message.partition(" - ecsdash - audit-events - ")[0][:6] for message in messages] == ["<110>1"] * 2
    assert [json.loads(message.partition(" - ecsdash - audit-events - ")[2])["seq"] for message in messages] == [1, 2]


def _read_all(server: socket.socket, received: bytearray) -> None:
    connection, _ = server.accept()
    with connection:
        while chunk := connection.recv(65536):
            received.extend(chunk)


def test_a_syslog_server_that_is_away_is_an_error_without_a_crash() -> None:
    with pytest.raises(SinkError, match="cannot be reached"):
        SyslogSink(LOOPBACK, 1, tls=False).send("events", [{"at": timezone.now()}])


@pytest.mark.parametrize("locked", [True, False])
def test_checkpoints_in_a_bucket_are_locked_and_read_back(settings: Settings, locked: bool) -> None:
    server = ThreadedMotoServer(LOOPBACK, 0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        settings.AWS_ENDPOINT_URL = f"http://{LOOPBACK}:{port}"
        settings.AWS_ACCESS_KEY_ID = settings.AWS_SECRET_ACCESS_KEY = "test"
        bucket: Any = sink(f"s3://trail-{locked}/ecs?region=us-east-1")
        bucket._aws.call("s3.create_bucket", Bucket=bucket.bucket, ObjectLockEnabledForBucket=locked)
        settings.AUDIT_CHECKPOINTS = [f"s3://trail-{locked}/ecs?region=us-east-1"]
        record_events(2)
        taken = checkpoints.take()
        deliver()
        assert taken
        assert [row["mac"] for row in bucket.checkpoints()] == [taken.mac]
        key = "ecs/checkpoints/000000000001-000000000001.jsonl"
        stored = bucket._aws.call("s3.get_object", Bucket=bucket.bucket, Key=key).data
        assert stored.get("ObjectLockMode") == ("COMPLIANCE" if locked else None)
    finally:
        server.stop()


def test_a_line_that_a_killed_process_left_half_written_is_replaced(settings: Settings, tmp_path: Path) -> None:
    settings.AUDIT_SINKS = [tmp_path.as_uri()]
    record_events(2)
    deliver()
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"seq": 3, "at')
    record_events(1)
    deliver()
    assert [json.loads(line)["seq"] for line in (tmp_path / "events.jsonl").read_text().splitlines()] == [1, 2, 3]


@pytest.mark.parametrize("address", ["ftp://x", "file://host/x", "file:relative", "s3://bucket", "https:///x"])
def test_an_address_that_is_none_is_named_by_the_check(settings: Settings, address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        sink(address)

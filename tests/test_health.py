"""`/healthz` and `/readyz`: both are public and reveal no internals."""

import json
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from ecsdash import worker
from ecsdash.inventory.models import SweepState
from ecsdash.web import clock, heartbeats
from ecsdash.web.polling import pubsub
from tests.clock import Clock
from tests.users import make_account

pytestmark = pytest.mark.django_db


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/readyz")
    return response.status_code, response.json()["checks"]


def send_heartbeats() -> None:
    heartbeats.send("worker")
    heartbeats.send("beat")


def swept(minutes_ago: float) -> None:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])
    completed = timezone.now() - timedelta(minutes=minutes_ago)
    SweepState.objects.create(account=account, region="eu-central-1", noun="clusters", completed_at=completed)


def test_healthz_needs_no_sign_in(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_ready_when_every_check_passes(client: Client) -> None:
    send_heartbeats()
    swept(minutes_ago=0.5)
    status, checks = ready(client)
    assert status == 200, checks
    assert set(checks) == {"database", "broker", "clock", "worker", "beat", "aws", "events"}


def test_not_ready_without_a_worker(client: Client) -> None:
    heartbeats.send("beat")
    status, checks = ready(client)
    assert status == 503
    assert not checks["worker"]["ok"]
    assert checks["beat"]["ok"]


def test_not_ready_when_beat_has_stopped(client: Client) -> None:
    send_heartbeats()
    heartbeats.end("beat")
    assert ready(client)[0] == 503


def test_not_ready_without_a_recent_complete_sweep(client: Client) -> None:
    send_heartbeats()
    swept(minutes_ago=30)
    status, checks = ready(client)
    assert status == 503
    assert checks["aws"]["detail"] == "no recent complete scan of 1 of 1 AWS accounts"


def test_an_installation_without_accounts_is_ready(client: Client) -> None:
    send_heartbeats()
    assert ready(client)[0] == 200


def test_not_ready_when_the_broker_does_not_answer(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://:very-secret@127.0.0.1:1/0"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["broker"] == {"ok": False, "detail": "the broker does not answer"}
    assert not response.json()["warnings"].keys() & {"processes", "clocks"}
    assert b"very-secret" not in response.content


def other_process(kind: str, *, age: float = 0.0, ahead: float = 0.0, host: str = "other") -> None:
    """Store the heartbeat of another process, sent `age` seconds ago."""
    at = time.time() - age
    value = json.dumps({"started": at - 60, "at": at, "ahead": ahead})
    pubsub.connect().hset(heartbeats.KEY, f"{kind}|{host}|7", value)


def test_a_hung_worker_is_not_hidden_by_the_heartbeat_of_another(client: Client) -> None:
    send_heartbeats()
    other_process("worker", age=45)
    content = client.get("/readyz").json()
    assert content["ready"]
    assert content["warnings"]["processes"] == "no heartbeat of 1 of 2 worker processes"
    ages = {(each["kind"], each["last_heartbeat_seconds"]) for each in content["processes"]}
    assert ages == {("worker", 0), ("worker", 45), ("beat", 0)}
    assert b"other" not in client.get("/readyz").content


def test_the_health_check_of_a_container_asks_for_the_processes_of_its_own_host(
    capsys: pytest.CaptureFixture[str],
) -> None:
    other_process("worker")
    with pytest.raises(CommandError, match="No recent heartbeat: worker on"):
        call_command("heartbeat", "worker")
    heartbeats.send("worker")
    call_command("heartbeat", "worker")
    other_process("worker", age=45, host=heartbeats.HOST)
    with pytest.raises(CommandError, match="worker 7 on"):
        call_command("heartbeat", "worker")
    call_command("heartbeat")
    assert capsys.readouterr().out.count("running for") == 3


def test_a_process_that_was_killed_long_ago_is_forgotten() -> None:
    other_process("worker", age=2 * heartbeats.FORGOTTEN_SECONDS)
    assert heartbeats.processes() == []
    assert pubsub.connect().hlen(heartbeats.KEY) == 0


def test_a_worker_whose_threads_all_hang_sends_no_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=clock))
    monkeypatch.setattr(worker, "_began", {"one": 1.0, "two": 2.0})
    clock.sleep(worker.HUNG_SECONDS + 1.5)
    worker._send(2)
    assert heartbeats.is_alive("worker")  # the second job has not run that long
    heartbeats.end("worker")
    clock.sleep(1)
    worker._send(2)
    assert not heartbeats.is_alive("worker")
    worker._send(3)
    assert heartbeats.is_alive("worker")


def test_readiness_compares_the_clocks(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    send_heartbeats()
    other_process("worker", ahead=7.0)
    assert client.get("/readyz").json()["warnings"]["clocks"] == (
        "the clock of a worker process is 7 s ahead of the database's"
    )
    slow = SimpleNamespace(now=lambda: timezone.now() - timedelta(seconds=60))
    monkeypatch.setattr(clock, "timezone", slow)
    status, checks = ready(client)
    assert (status, checks["clock"]["detail"]) == (503, "this process's clock is 60 s behind the database's")

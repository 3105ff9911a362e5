"""`/healthz` and `/readyz`: both are public and reveal no internals."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from ecsdash.celery import app
from ecsdash.inventory.models import SweepState
from ecsdash.web import health, jobs
from tests.users import make_account

pytestmark = pytest.mark.django_db


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/readyz")
    return response.status_code, response.json()["checks"]


def send_heartbeats() -> None:
    health.beat("worker")
    health.beat("beat")


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
    assert set(checks) == {"database", "broker", "worker", "beat", "aws", "events"}


def test_not_ready_without_a_worker(client: Client) -> None:
    health.beat("beat")
    status, checks = ready(client)
    assert status == 503
    assert not checks["worker"]["ok"]
    assert checks["beat"]["ok"]


def test_not_ready_when_beat_has_stopped(client: Client) -> None:
    send_heartbeats()
    cache.delete("heartbeat:beat")
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


def test_not_ready_when_the_broker_does_not_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "redis://:very-secret@127.0.0.1:1/0"
    monkeypatch.setitem(settings.CACHES["default"], "LOCATION", nowhere)
    from django.core.cache import caches

    del caches["default"]
    try:
        response = client.get("/readyz")
    finally:
        monkeypatch.undo()
        del caches["default"]
    assert response.status_code == 503
    assert response.json()["checks"]["broker"] == {"ok": False, "detail": "the broker does not answer"}
    assert b"very-secret" not in response.content


def test_sending_the_heartbeat_marks_beat_and_running_it_a_worker(client: Client) -> None:
    jobs.beat_heartbeat.delay()
    assert ready(client)[1]["beat"]["ok"]
    assert not ready(client)[1]["worker"]["ok"]
    jobs.beat_heartbeat()
    assert ready(client)[1]["worker"]["ok"]


def test_beat_sends_the_heartbeat() -> None:
    assert app.conf.beat_schedule["beat-heartbeat"]["task"] == jobs.NAME

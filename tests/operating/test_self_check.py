"""The self-check page tells administrators what is configured and what lags, without a secret."""

import re
from datetime import timedelta

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from ecsdash.access.models import User, UserSession
from ecsdash.web import heartbeats

PAGE = "/settings/self-check/"


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def text(page: Client) -> str:
    response = page.get(PAGE)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_page_names_what_is_missing(page: Client) -> None:
    heartbeats.send("worker")
    found = text(page)
    assert "No heartbeat for 20 seconds" in found  # of beat
    assert found.count("Same time") == 2
    assert "ECSDASH_METRICS_TOKEN" in found
    assert "ECSDASH_OPERATION_RETENTION_DAYS" in found
    assert "Alive</span>" in found


def test_a_pending_migration_is_named(page: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="services", name="0011_scaling").delete()
    assert "services.0011_scaling. Run manage.py setup_database" in text(page)


def test_rows_that_nobody_deletes_are_counted(page: Client) -> None:
    expired = timezone.now() - timedelta(days=9)
    for key in "abc":
        UserSession.objects.create(session_key=key, session_data="", expire_date=expired)
    assert re.search(r">sessions</td>.{0,60}ECSDASH_SESSION_RETENTION_DAYS</code></td> <td>3</td>", text(page))


def test_without_redis_the_page_says_so(page: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    found = text(page)
    assert "The database or Redis does not answer" in found
    assert "Migrations" in found


def test_the_page_shows_no_secret(page: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "token-of-metrics"
    settings.AUDIT_KEYS = ["2026:secret-of-the-trail"]
    found = text(page)
    for secret in (settings.SECRET_KEY, "token-of-metrics", "secret-of-the-trail"):
        assert secret not in found

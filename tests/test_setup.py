"""What a run of the tests itself stands on."""

import os

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from support import environment


@pytest.mark.django_db
def test_the_tests_run_on_a_real_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        assert cursor.fetchone()[0].startswith("PostgreSQL")


def test_the_tests_run_on_a_real_valkey() -> None:
    cache.set("seen", "yes")
    assert cache.get("seen") == "yes"


def test_no_ambient_variable_reaches_the_settings() -> None:
    assert settings.AWS_ENDPOINT_URL == ""
    assert os.environ["AWS_EC2_METADATA_DISABLED"] == "true"
    assert os.environ["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull


def test_a_clean_environment_holds_no_ambient_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAAMBIENT")
    monkeypatch.setenv("ECSDASH_BANNER", "ambient")
    made = environment.clean({"BANNER": "ours"})
    assert "AWS_ACCESS_KEY_ID" not in made
    assert made["ECSDASH_BANNER"] == "ours"

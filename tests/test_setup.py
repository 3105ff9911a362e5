"""The servers and fixtures of the test run itself."""

import os

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from support import environment

from ecsdash.inventory.models import Account
from ecsdash.web import heartbeats
from tests.processes import Sandbox, Worker, until


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


def test_the_simulated_aws_starts_empty_and_can_be_reset(sandbox: Sandbox) -> None:
    ecs = sandbox.client("ecs")
    ecs.create_cluster(clusterName="shop")
    assert len(ecs.list_clusters()["clusterArns"]) == 1
    sandbox.reset()
    assert ecs.list_clusters()["clusterArns"] == []


def test_the_account_of_the_tests_is_in_the_simulated_aws(aws_account: Account, sandbox: Sandbox) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    answer = aws_account.reader("eu-central-1").call("ecs.list_clusters")
    assert [arn.rsplit("/")[-1] for arn in answer.data["clusterArns"]] == ["shop"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_works_after_a_restart(worker: Worker) -> None:
    for _ in range(2):
        cache.clear()
        worker.start()
        until(lambda: heartbeats.is_alive("worker"))
        worker.kill()
        assert not worker.alive

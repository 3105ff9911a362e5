"""The logs of a task are read again and again while somebody looks, and no longer."""

from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from ecsdash.aws.errors import NotFound
from ecsdash.inventory.models import Account
from services import jobs
from services.models import Task, TaskDefinition
from services.selectors.logs import AFTERMATH
from tests.operations.conftest import ScriptedAws
from tests.services.definitions import container, fargate
from tests.services.simulated_tasks import LOGS
from tests.users import make_account


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> ScriptedAws:
    scripted = ScriptedAws()
    monkeypatch.setattr(Account, "reader", lambda self, region: scripted)
    return scripted


@pytest.fixture
def again(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """For when the job was put off."""
    found: list[Any] = []
    monkeypatch.setattr(
        jobs.fetch_logs, "apply_async", lambda args, countdown: found.append(countdown) if countdown else None
    )
    return found


@pytest.fixture
def task(db: None) -> Task:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])
    place = {"account": account, "region": "eu-central-1", "observed_at": timezone.now()}
    described = fargate(container("app", "shop/web:1", logConfiguration=LOGS), family="web")
    TaskDefinition.objects.create(
        **place, arn="arn:web:1", name="web:1", family="web", revision=1, status="ACTIVE", description=described
    )
    return Task.objects.create(**place, arn="arn:t1", name="t1", task_definition_arn="arn:web:1", last_status="RUNNING")


def test_they_are_followed_while_somebody_looks(task: Task, aws: ScriptedAws, again: list[Any]) -> None:
    jobs.request_logs(task.pk)
    jobs.fetch_logs(task.pk)
    assert again == [jobs.LOG_SECONDS]


def test_when_nobody_looks_any_more_aws_is_not_asked_again(task: Task, aws: ScriptedAws, again: list[Any]) -> None:
    jobs.fetch_logs(task.pk)
    assert (len(aws.calls), again) == (1, [])


def test_several_who_look_cause_one_reading(task: Task, aws: ScriptedAws, again: list[Any]) -> None:
    for _ in range(3):
        jobs.request_logs(task.pk)
        jobs.fetch_logs(task.pk)
    assert (len(aws.calls), len(again)) == (1, 1)


def test_once_nothing_more_can_come_they_are_let_be(task: Task, aws: ScriptedAws, again: list[Any]) -> None:
    aws.replies["logs.get_log_events"] = [NotFound("ResourceNotFoundException", "no stream")]
    Task.objects.update(stopped_at=timezone.now() - 2 * AFTERMATH, last_status="STOPPED")
    jobs.request_logs(task.pk)
    jobs.fetch_logs(task.pk)
    assert (len(aws.calls), again) == (1, [])


def test_a_task_that_is_not_kept_any_more_is_no_error(db: None, again: list[Any]) -> None:
    cache.set("logs-watched:7", 1)
    jobs.fetch_logs(7)
    assert again == []

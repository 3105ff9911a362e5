"""Tasks that fail one after the other: their restarts are counted, their log is read, and what changed before is
evidence."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory.models import Account
from ecsdash.operations.models import Operation, OperationItem
from ecsdash.web.tone import Tone
from services.models import Service, Task, TaskLog
from services.selectors.attention import _without
from services.selectors.attention_entry import Attention
from services.selectors.past_failures import DEPLOYMENT
from services.selectors.verdicts import problem_of
from services.statuses import ServiceHealth
from services.sync.failed_tasks import AGAIN, AT_ONCE, with_unread_logs
from services.sync.failures import judge_services
from services.sync.restarts import count_restarts
from tests.services.test_service_pages import HERE, account, failed, make_service, make_task, page, text

__all__ = ["account", "page"]
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def crash(account: Account, name: str, ago: timedelta, **columns: Any) -> Task:
    """A task that exited 10 seconds after its start, some time ago."""
    task = failed(account, name, task_definition_arn="arn:x/web-front:2", **columns)
    stopped = timezone.now() - ago
    Task.objects.filter(pk=task.pk).update(stopped_at=stopped, created_at=stopped - timedelta(seconds=10))
    return task


def loop(account: Account, number: int = 3, **columns: Any) -> list[Task]:
    """Crashes every minute, the last one just now: the newest first."""
    return [crash(account, f"t{at}", at * MINUTE, **columns) for at in range(number)]


def restarts() -> tuple[int, int]:
    count_restarts(timezone.now())
    row = Service.objects.get()
    return row.restarts_hour, row.restarts_day


def test_a_service_that_does_not_deploy_is_in_trouble_while_its_tasks_crash_and_well_when_they_live(
    account: Account,
) -> None:
    make_service(account)
    loop(account)
    judge_services()
    assert Service.objects.get().health == ServiceHealth.FAILING
    Task.objects.update(stopped_at=timezone.now() - 5 * MINUTE, created_at=timezone.now() - 5 * MINUTE)
    judge_services()
    assert Service.objects.get().health == ServiceHealth.STEADY


def test_restarts_of_the_last_hour_and_day_are_counted_and_forgotten(account: Account) -> None:
    make_service(account)
    make_task(account, "wanted", last_status="STOPPED", stop_code="UserInitiated", stopped_at=timezone.now())
    assert restarts() == (0, 0)
    loop(account)
    crash(account, "earlier", 5 * HOUR)
    assert restarts() == (3, 4)
    Task.objects.filter(name__startswith="t").update(stopped_at=timezone.now() - 2 * HOUR)
    assert restarts() == (0, 4)
    Task.objects.all().delete()
    assert restarts() == (0, 0)


def test_the_pages_show_the_restarts(page: Client, account: Account) -> None:
    make_service(account)
    loop(account)
    count_restarts(timezone.now())
    assert "restarts in 1 h / 24 h" in text(page, f"{HERE}services/shop/web-front/")
    assert "3 / 3" in text(page, f"{HERE}services/")


def test_equal_failures_are_one_group_with_its_time(page: Client, account: Account, operator: User) -> None:
    service = make_service(account, health="Tasks failing")
    loop(account, 12)
    found = problem_of(operator, service)
    assert found
    (group,) = found.groups
    assert (group.number, round(group.seconds / 60)) == (12, 11)
    shown = text(page, f"{HERE}services/shop/web-front/")
    assert "12 tasks: same cause" in shown
    assert re.search(r"within 1[01] min.{0,10}, the last one", shown)


def test_the_log_of_the_newest_failed_task_of_each_place_is_read_once_in_a_while(account: Account) -> None:
    newest = loop(account)[0]
    alone = crash(account, "alone", MINUTE, service_name="", family="report")
    assert set(with_unread_logs(timezone.now())) == {newest.pk, alone.pk}
    log = TaskLog.objects.create(task=newest, container="web", fetched_at=timezone.now())
    assert with_unread_logs(timezone.now()) == [alone.pk]
    TaskLog.objects.filter(pk=log.pk).update(fetched_at=timezone.now() - 2 * AGAIN)
    assert len(with_unread_logs(timezone.now())) == 2
    for number in range(AT_ONCE + 2):
        crash(account, f"s{number}", MINUTE, service_name=f"service-{number}")
    assert len(with_unread_logs(timezone.now())) == AT_ONCE


def test_a_failure_has_the_log_lines_of_the_newest_task_that_ended_in_the_same_way(
    account: Account, operator: User
) -> None:
    service = make_service(account, health="Tasks failing")
    older = loop(account)[2]
    lines = [{"at": 0, "message": text} for text in ("one", "two", "password=hunter2", "bye")]
    TaskLog.objects.create(task=older, container="web", lines=lines, fetched_at=timezone.now())
    found = problem_of(operator, service)
    assert found
    (line,) = [each for each in found.explanation.evidence if each.startswith("Last log lines of web")]
    assert line.endswith("⏎ bye")
    assert "two" in line
    assert "hunter2" not in line
    assert [group.number for group in found.groups] == [3]


def test_what_changed_in_the_hour_before_is_evidence(page: Client, account: Account, operator: User) -> None:
    service = make_service(account, health="Tasks failing")
    crash(account, "t1", MINUTE)
    operation = Operation.objects.create(
        user=operator, account=account, region="eu-central-1", cluster="shop", action="deploy_services",
        resource_key="arn:several", resource_name="2 services", plan_data={"summary": "Deploy 2 to 2 services"},
        state="succeeded",
    )  # fmt: skip
    Operation.objects.update(created_at=timezone.now() - 11 * MINUTE)
    OperationItem.objects.create(operation=operation, name="web-front", cluster="shop", service="web-front")
    ExternalChange.objects.create(
        account=account, region="eu-central-1", arn="arn:c", name="c", call="ecs.update_service", state="open",
        happened_at=timezone.now() - 4 * MINUTE, source="CloudTrail", person="alice", summary="Desired tasks 1 to 2",
        cluster_name="shop", service_name="web-front", observed_at=timezone.now(),
    )  # fmt: skip
    found = problem_of(operator, service)
    assert found
    before = [each for each in found.explanation.evidence if " before: " in each]
    assert [each.partition(" before: ")[2] for each in before] == [
        "Desired tasks 1 to 2 outside this dashboard, by alice.",
        "Deploy 2 to 2 services, by operator (succeeded).",
    ]
    assert "Deploy 2 to 2 services" in text(page, f"{HERE}tasks/t1/")


def test_a_service_in_trouble_is_not_listed_a_second_time_for_its_deployment() -> None:
    """It may recover between the two queries of the list."""
    where = "demo / eu-central-1 / shop"
    troubled = Attention(Tone.BAD, "web", "Tasks failing", "", "", where, key="service-1")
    rolled_back = Attention(Tone.WARN, "web", "Deployment rolled back", "", "", where, key=f"{DEPLOYMENT}1")
    other = Attention(Tone.WARN, "api", "Deployment rolled back", "", "", where, key=f"{DEPLOYMENT}2")
    assert list(_without([troubled], [rolled_back, other])) == [other]

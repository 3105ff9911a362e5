"""What failed and is over stays under "Needs attention" until somebody has seen it or a later success supersedes it;
tasks that fail in a row are trouble, also outside deployments."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory.models import Account
from ecsdash.operations.models import Operation
from services.models import SeenProblem, Service, ServiceDeployment, Task
from services.statuses import ServiceHealth
from services.sync.failures import judge_services
from tests.services.test_service_pages import NEW, deployment, failed, make_service, make_task, swept, text
from tests.users import Users, make_account

SEEN = "/attention/seen/"
CALM = "Nothing needs attention."
MINUTE = timedelta(minutes=1)


@pytest.fixture
def account(db: None) -> Account:
    return make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])


@pytest.fixture
def page(client: Client, operator: User, account: Account) -> Client:
    swept(account)
    client.force_login(operator)
    return client


def rolled_back(account: Account, number: int = 1, status: str = "ROLLBACK_SUCCESSFUL", **columns: Any) -> None:
    began = timezone.now() - 9 * MINUTE + number * MINUTE
    wanted = {
        "created_at": began, "finished_at": began + MINUTE, "task_definition": "arn:x/web-front:3",
        "status_reason": "Service deployment rolled back because the circuit breaker threshold was exceeded.",
        **columns,
    }  # fmt: skip
    ServiceDeployment.objects.create(
        account=account, region="eu-central-1", arn=f"arn:deployment/{number}", name=f"deployment{number}",
        cluster_name="shop", service_name="web-front", status=status, observed_at=timezone.now(), **wanted,
    )  # fmt: skip


def failed_operation(account: Account, user: User, state: str = "failed") -> Operation:
    return Operation.objects.create(
        user=user, account=account, region="eu-central-1", cluster="shop", service="web-front", action="scale_service",
        resource_key="arn:service/web-front", resource_name="web-front", plan_data={"summary": "Scale"}, state=state,
        error={"message": "Not enough capacity."}, ended_at=timezone.now(),
    )  # fmt: skip


def key_of(client: Client) -> str:
    return text(client, "/").partition('name="key" value="')[2].partition('"')[0]


def test_a_deployment_that_ecs_rolled_back_is_told_with_the_cause_until_a_later_one_succeeds(
    page: Client, account: Account
) -> None:
    make_service(account)
    rolled_back(account)
    failed(account, "t1", created_at=timezone.now() - 8 * MINUTE, task_definition_arn="arn:x/web-front:3")

    shown = text(page, "/")
    assert "Deployment of web-front:3 rolled back" in shown
    assert "1 task: The essential container web exited with code 3" in shown

    rolled_back(account, 2, "SUCCESSFUL", status_reason="")
    assert "rolled back" not in text(page, "/").partition("Needs attention")[2].partition("Latest changes")[0]


def test_seen_is_for_everybody_is_audited_and_ends_with_the_next_failure(
    page: Client, account: Account, users: Users
) -> None:
    make_service(account)
    rolled_back(account)

    assert page.post(SEEN, {"key": key_of(page)}).status_code == 302

    page.force_login(users.viewer)
    assert "rolled back" not in text(page, "/")
    event = AuditEvent.objects.get(action="mark_problem_seen")
    assert (event.actor_name, event.service) == (users.operator.username, "web-front")
    rolled_back(account, 2)
    assert "Deployment of web-front:3 rolled back" in text(page, "/")


def test_only_who_may_change_the_service_marks_its_failure_as_seen(
    page: Client, account: Account, users: Users
) -> None:
    make_service(account)
    rolled_back(account)
    key = key_of(page)
    page.force_login(users.viewer)
    assert key_of(page) == ""
    assert page.post(SEEN, {"key": key}).status_code == 403
    page.force_login(users.outsider)
    assert page.post(SEEN, {"key": key}).status_code == 302
    assert not SeenProblem.objects.exists()


def test_a_failed_operation_stays_until_the_same_change_succeeds(page: Client, account: Account, users: Users) -> None:
    make_service(account)
    failed_operation(account, users.operator)
    assert "Not enough capacity." in text(page, "/")
    failed_operation(account, users.operator, "succeeded")
    assert "Not enough capacity." not in text(page, "/")


def test_a_failed_one_off_task_stays_for_days_until_a_later_one_of_its_family_completes(
    page: Client, account: Account
) -> None:
    task = failed(account, "t1", service_name="", family="report")
    task.stopped_at = timezone.now() - timedelta(days=2)
    task.save(update_fields=["stopped_at"])
    assert "A task failed" in text(page, "/")
    make_task(
        account,
        "t2",
        service_name="",
        family="report",
        last_status="STOPPED",
        completed=True,
        stopped_at=timezone.now(),
    )
    assert CALM in text(page, "/")


def test_the_second_task_that_fails_in_a_row_is_trouble_until_one_lives_longer(account: Account) -> None:
    service = make_service(account, description={"deployments": [deployment(NEW, "PRIMARY", 2)]})
    now, health = timezone.now(), "Task failed ELB health checks in (target-group x)"
    replaced = {"stop_code": "ServiceSchedulerInitiated", "stopped_reason": health}
    lived = {"created_at": now - 3 * MINUTE, "last_status": "STOPPED"}
    make_task(account, "t1", stopped_at=now - MINUTE, **replaced, **lived)
    judge_services()
    assert Service.objects.get().health == ServiceHealth.STEADY

    make_task(account, "t2", stopped_at=now, **replaced, **lived)
    judge_services()
    service.refresh_from_db()
    assert (service.health, service.recent_failures) == (ServiceHealth.FAILING, 2)

    Task.objects.update(stopped_at=now - 10 * MINUTE, created_at=now - 12 * MINUTE)
    judge_services()
    assert Service.objects.get().health == ServiceHealth.STEADY


def test_a_service_that_waits_longer_than_its_own_tasks_took_to_start_is_stuck(account: Account) -> None:
    now = timezone.now()
    since: dict[str, Any] = {
        "progressed_at": now - 2 * MINUTE,
        "deployed_at": now - 2 * MINUTE,
        "rollout_state": "IN_PROGRESS",
    }
    new = deployment(NEW, "PRIMARY", 2, rolloutState="IN_PROGRESS", pendingCount=1)
    make_service(account, running_count=1, pending_count=1, description={"deployments": [new]}, **since)
    judge_services()
    assert Service.objects.get().health == ServiceHealth.DEPLOYING  # nothing is known of its starts

    make_task(account, "t1", created_at=now - 60 * MINUTE, started_at=now - 60 * MINUTE + timedelta(seconds=20))
    judge_services()
    assert Service.objects.get().health == ServiceHealth.STUCK


def test_a_service_without_a_task_is_degraded_only_when_ecs_starts_none(account: Account) -> None:
    make_service(account, running_count=1, lacking_since=timezone.now())
    judge_services()
    assert Service.objects.get().health == ServiceHealth.SCALING
    Service.objects.update(lacking_since=timezone.now() - MINUTE)
    judge_services()
    assert Service.objects.get().health == ServiceHealth.DEGRADED

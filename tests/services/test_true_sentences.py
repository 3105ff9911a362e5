"""Sentences that were not true any more: old messages of ECS, logs of containers that never ran, dead targets."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from services.models import Service, TargetGroup, Task
from services.runtime.services import service_steady
from services.selectors.load_balancers import ServiceTargetGroup
from services.statuses import ServiceHealth
from services.sync.logs import nothing_written
from tests.services.simulated_services import NAME, SimulatedServices
from tests.services.test_service_conditions import Told, deployment, service
from tests.services.test_service_pages import failed
from tests.users import make_account

STEADY = "(service web) has reached a steady state."
UNABLE = "(service web) was unable to place a task because no container instance met all of its requirements."


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        ({"rollout_state": "COMPLETED", "last_event": STEADY}, STEADY),
        ({"rollout_state": "IN_PROGRESS", "last_event": STEADY}, ""),
        ({"rollout_state": "COMPLETED", "running_count": 0, "last_event": STEADY}, ""),
        ({"rollout_state": "COMPLETED", "last_event": UNABLE, "blocking_event": UNABLE}, ""),
    ],
    ids=["steady", "deploying", "lacks a task", "told as the reason"],
)
def test_a_message_that_contradicts_the_present_state_is_not_shown(columns: dict[str, Any], shown: str) -> None:
    assert Service(**{"name": "web", "desired_count": 1, "running_count": 1, **columns}).current_event == shown


def test_a_message_from_before_the_deployment_is_not_shown() -> None:
    now = timezone.now()
    old = Service(
        name="web", rollout_state="IN_PROGRESS", deployed_at=now, last_event="(service web) has started 1 tasks.",
        last_event_at=now - timedelta(minutes=9),
    )  # fmt: skip
    assert old.current_event == ""


@pytest.mark.parametrize(
    ("status", "container", "words"),
    [
        ("STOPPED", {}, "The container did not start: there is no log."),
        ("STOPPED", {"runtimeId": "1", "exitCode": 1}, "The container ended without writing a line."),
        ("RUNNING", {"runtimeId": "1"}, "No log lines yet."),
    ],
)
def test_an_empty_log_says_whether_the_container_ran(status: str, container: dict[str, Any], words: str) -> None:
    task = Task(last_status=status, description={"containers": [{"name": "web", **container}]})
    assert nothing_written(task, "web") == words


def test_a_target_without_a_running_task_is_not_healthy() -> None:
    targets = [{"id": address, "port": 80, "state": "healthy"} for address in ("10.0.0.1", "10.0.0.2")]
    group = TargetGroup(name="web", target_type="ip", targets=targets)
    shown = ServiceTargetGroup("web", 80, group, "arn:x", [], [], living=frozenset({("10.0.0.1", 0)}))
    assert [each["state"] for each in shown.targets] == ["healthy", "no running task"]
    assert shown.healthy == 1


@pytest.mark.django_db
def test_a_deployment_whose_tasks_end_after_the_start_says_why_though_ecs_counts_no_failure() -> None:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])
    for name in ("t1", "t2"):
        failed(account, name, service_name="web", started_by="1")
    Task.objects.update(description=described("t2"))

    crashing = service(deployment("1", rolloutState="IN_PROGRESS", runningCount=1, failedTasks=0))
    found = service_steady(Told(crashing), "shop", "web")

    assert "1 of 2 tasks running. 2 tasks ended after the start, which ECS does not count as failed." in found.message
    assert "web exited with code 3" in found.message


def described(name: str) -> dict[str, Any]:
    return {
        "taskArn": f"arn:task/{name}", "stopCode": "EssentialContainerExited",
        "containers": [{"name": "web", "exitCode": 3}],
    }  # fmt: skip


@pytest.mark.django_db
def test_a_message_that_tasks_cannot_start_is_said_in_plain_words_with_what_to_do() -> None:
    event = {"message": f"{UNABLE} The closest matching (container-instance 1) has insufficient memory available."}
    waiting = service(deployment("1", rolloutState="IN_PROGRESS", runningCount=0), events=[event])
    found = service_steady(Told(waiting), "shop", "web")
    assert "No container instance has enough free memory." in found.message


def test_a_service_that_drains_is_shown_until_its_last_task_has_stopped(service_stage: SimulatedServices) -> None:
    service_stage.steady_service(1)
    service_stage.client("ecs").delete_service(cluster="shop", service=NAME, force=True)
    service_stage.sweep("services")
    assert service_stage.service().health == ServiceHealth.DRAINING
    assert service_stage.service().gone_at is None

    service_stage.sandbox.step(120)
    service_stage.sweep("services")
    assert service_stage.service().gone_at is not None

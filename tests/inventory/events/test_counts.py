"""A task event brings its service's counters up to date; AWS is called only where the tasks are not sufficient."""

from typing import Any

import pytest
from django.utils import timezone

from ecsdash.inventory import store
from ecsdash.inventory.changes import version_of
from ecsdash.inventory.events.intake import apply_batch
from ecsdash.inventory.models import EventFeed, PendingDescribe, SweepState
from ecsdash.inventory.scope import Scope
from services.models import Service
from services.sync.services import store_services
from tests.inventory.events.conftest import event, messages
from tests.users import REGION

ARN = "arn:aws:ecs:eu-central-1:123456789012"
WEB, DEPLOYMENT = f"{ARN}:service/shop/web", "ecs-svc/1"


@pytest.fixture
def feed(connected_feed: EventFeed) -> EventFeed:
    """Mark the tasks of the account as completely swept."""
    SweepState.objects.create(account=connected_feed.account, region=REGION, noun="tasks", completed_at=timezone.now())
    return connected_feed


def described(running: int, desired: int = 2, *older: dict[str, Any], rollout: str = "COMPLETED") -> dict[str, Any]:
    primary = {"id": DEPLOYMENT, "status": "PRIMARY", "rolloutState": rollout, "runningCount": running,
               "pendingCount": 0}  # fmt: skip
    return {
        "serviceArn": WEB, "serviceName": "web", "clusterArn": f"{ARN}:cluster/shop", "status": "ACTIVE",
        "desiredCount": desired, "runningCount": running, "pendingCount": 0, "deployments": [primary, *older],
    }  # fmt: skip


def stored(feed: EventFeed, service: dict[str, Any]) -> None:
    store_services(Scope(feed.account, REGION), [service])


def task(name: str, version: int, status: str, by: str = DEPLOYMENT, **more: Any) -> str:
    detail = {
        "taskArn": f"{ARN}:task/shop/{name}", "clusterArn": f"{ARN}:cluster/shop", "group": "service:web",
        "taskDefinitionArn": f"{ARN}:task-definition/web:1", "lastStatus": status, "desiredStatus": "RUNNING",
        "startedBy": by, "version": version, **more,
    }  # fmt: skip
    return event("ECS Task State Change", detail)


def give(feed: EventFeed, *bodies: str) -> tuple[int, int, str]:
    """Return the running and pending counts and the health after these events."""
    apply_batch(feed, messages(*bodies))
    service = Service.objects.get()
    return service.running_count, service.pending_count, service.health


def to_describe() -> list[str]:
    return list(PendingDescribe.objects.values_list("arn", flat=True))


def test_a_replaced_task_is_counted_as_ecs_counts_it_and_nothing_is_described(feed: EventFeed) -> None:
    stored(feed, described(2))
    assert give(feed, task("a", 1, "RUNNING"), task("b", 1, "RUNNING")) == (2, 0, "Steady")
    assert give(feed, task("a", 2, "STOPPING")) == (1, 0, "Scaling")  # ECS has a moment to replace it
    assert give(feed, task("a", 3, "STOPPED"), task("c", 1, "PROVISIONING")) == (1, 1, "Scaling")
    assert give(feed, task("c", 2, "ACTIVATING")) == (1, 1, "Scaling")
    assert give(feed, task("c", 3, "RUNNING")) == (2, 0, "Steady")
    assert to_describe() == []


def test_pages_hear_of_it_only_when_a_counter_moves(feed: EventFeed) -> None:
    stored(feed, described(1, 1))
    give(feed, task("a", 1, "RUNNING"))
    before = version_of(Scope(feed.account, REGION), "services")
    give(feed, task("a", 2, "RUNNING", healthStatus="HEALTHY"))
    assert version_of(Scope(feed.account, REGION), "services") == before
    give(feed, task("a", 3, "STOPPED"))
    assert version_of(Scope(feed.account, REGION), "services") != before


def test_a_service_that_deploys_is_counted_by_deployment_and_described(feed: EventFeed) -> None:
    older = {"id": "ecs-svc/0", "status": "ACTIVE", "runningCount": 2, "pendingCount": 0}
    stored(feed, described(0, 2, older, rollout="IN_PROGRESS"))
    give(feed, task("a", 1, "RUNNING", by="ecs-svc/0"), task("b", 1, "RUNNING"), task("c", 1, "PENDING"))
    counts = [(each["runningCount"], each["pendingCount"]) for each in Service.objects.get().description["deployments"]]
    assert counts == [(1, 1), (1, 0)]
    assert to_describe() == [WEB]


@pytest.mark.parametrize(
    ("service", "bodies"),
    [
        (described(1, 1), [task("a", 1, "RUNNING"), task("b", 1, "PROVISIONING")]),
        (described(1, 1), [task("a", 1, "DEACTIVATING", stopCode="ServiceSchedulerInitiated")]),
        (described(1, 1) | {"schedulingStrategy": "DAEMON"}, [task("a", 1, "RUNNING")]),
        (described(1, 1) | {"status": "DRAINING"}, [task("a", 1, "STOPPED")]),
        (described(1, 1), [event("ECS Service Action", {"eventName": "SERVICE_TASK_START_IMPAIRED"}, WEB)]),
        (described(1, 2), [event("ECS Service Action", {"eventName": "SERVICE_STEADY_STATE"}, WEB)]),
        (described(1, 1), [event("ECS Deployment State Change", {"eventName": "SERVICE_DEPLOYMENT_COMPLETED"}, WEB)]),
    ],
    ids=["more tasks than wanted", "sent away", "daemon", "draining", "impaired", "steady there only", "deployment"],
)
def test_what_tasks_cannot_tell_is_described(feed: EventFeed, service: dict[str, Any], bodies: list[str]) -> None:
    stored(feed, service)
    give(feed, *bodies)
    assert to_describe() == [WEB]


def test_a_service_that_is_steady_here_too_is_not_described(feed: EventFeed) -> None:
    stored(feed, described(0, 1))
    steady = event("ECS Service Action", {"eventName": "SERVICE_STEADY_STATE"}, WEB)
    assert give(feed, steady, task("a", 1, "RUNNING")) == (1, 0, "Steady")
    assert to_describe() == []


def test_before_the_first_sweep_of_tasks_they_are_not_counted(feed: EventFeed) -> None:
    SweepState.objects.update(completed_at=None)
    stored(feed, described(2))
    assert give(feed, task("a", 1, "RUNNING")) == (2, 0, "Steady")
    assert to_describe() == [WEB]


def test_the_next_sweep_sets_right_what_a_lost_event_left(feed: EventFeed) -> None:
    """The same when ECS returns the counts from before the events."""
    stored(feed, described(2))
    assert give(feed, task("a", 1, "RUNNING")) == (1, 0, "Scaling")
    stored(feed, described(2))
    assert Service.objects.get().running_count == 2
    assert store.plain(Service.objects.get().description)["deployments"][0]["runningCount"] == 2

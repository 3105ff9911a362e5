"""A service that cannot get its tasks says so: its status, why in plain words, and what to do."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ecsdash.access.models import User
from services.models import Service
from services.selectors.deployments import in_flight
from services.statuses import STUCK_AFTER, ServiceHealth
from services.sync.progress import blocking_event
from services.sync.services import record
from services.verdicts.services import judge_blocking
from tests.clusters.world import World
from tests.services.simulated_services import SimulatedServices

UNABLE = "(service web) was unable to place a task because no container instance met all of its requirements."
STARTED = "(service web) has started 1 tasks: (task 0b648acd3d6e2667b6651d6edf39ccaa)."


def described(
    *messages: str, running: int = 0, age: timedelta = timedelta(0), updated: timedelta | None = None, **primary: Any
) -> dict[str, Any]:
    """Return a service with two desired tasks, with the newest message first. `updated` is by default its `age`."""
    begun, changed = timezone.now() - age, timezone.now() - (age if updated is None else updated)
    deployment = {"id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "IN_PROGRESS", "desiredCount": 2,
                  "runningCount": running, "createdAt": begun, "updatedAt": changed, **primary}  # fmt: skip
    events = [{"id": str(n), "createdAt": begun, "message": message} for n, message in enumerate(messages)]
    return {
        "serviceArn": "arn:aws:ecs:eu-central-1:123456789012:service/shop/web", "serviceName": "web",
        "clusterArn": "arn:aws:ecs:eu-central-1:123456789012:cluster/shop", "status": "ACTIVE", "desiredCount": 2,
        "runningCount": running, "pendingCount": 0, "deployments": [deployment], "events": events,
    }  # fmt: skip


def health(service: dict[str, Any]) -> str:
    return str(record(service).columns["health"])


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (partial(described, UNABLE), ServiceHealth.UNPLACED),
        (partial(described, UNABLE, STARTED, failedTasks=3), ServiceHealth.UNPLACED),
        (partial(described, STARTED, UNABLE), ServiceHealth.DEPLOYING),
        (partial(described, UNABLE, running=2), ServiceHealth.DEPLOYING),
        (partial(described, UNABLE, running=1, rolloutState="COMPLETED"), ServiceHealth.UNPLACED),
        (partial(described, STARTED, failedTasks=2), ServiceHealth.FAILING),
        (partial(described, STARTED, age=STUCK_AFTER), ServiceHealth.STUCK),
        (partial(described, STARTED, age=STUCK_AFTER, updated=timedelta(0)), ServiceHealth.DEPLOYING),
        (partial(described, STARTED, age=STUCK_AFTER, running=2), ServiceHealth.DEPLOYING),
        (partial(described, STARTED, age=STUCK_AFTER, running=2, rolloutState="COMPLETED"), ServiceHealth.STEADY),
    ],
    ids=[
        "no room", "no room before failures", "went on since", "all new tasks run", "no room after a deployment",
        "tasks fail", "no progress", "just changed", "waits for its health", "steady",
    ],
)  # fmt: skip
def test_the_status_follows_from_events_counts_and_age(
    service: Callable[[], dict[str, Any]], expected: ServiceHealth, db: None
) -> None:
    assert health(service()) == expected


def test_other_messages_explain_nothing() -> None:
    assert judge_blocking(STARTED) is None
    assert blocking_event(described(STARTED)) == ""


def test_without_instances_the_status_and_the_reason_are_there_after_one_sweep(
    world: World, admin: User, client: Client
) -> None:
    ecs = world.client("ecs")
    ecs.create_cluster(clusterName="shop")
    container = {"name": "web", "image": "nginx:1", "memory": 64, "essential": True}
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=2, launchType="EC2")
    world.sandbox.step(30)
    world.sweep("clusters", "services", "tasks", "container_instances")

    assert Service.objects.get().health == ServiceHealth.UNPLACED
    client.force_login(admin)
    for path in ("/", "/demo/eu-central-1/services/shop/web/"):
        shown = client.get(path).content.decode()
        assert "Cannot place tasks" in shown
        assert "The cluster has no container instance." in shown
        assert "Launch container instances" in shown
        assert shown.index("Message from AWS") < shown.index("unable to place a task")


def test_in_flight_counts_the_tasks_of_the_new_deployment(service_stage: SimulatedServices) -> None:
    service_stage.steady_service()
    service_stage.client("ecs").update_service(cluster="shop", service="web-front", forceNewDeployment=True)
    service_stage.sweep("services", "tasks")

    (flying,) = in_flight(Service.objects.all(), 10)

    assert flying.service.running_count == 2
    assert (flying.running, flying.desired) == (0, 2)

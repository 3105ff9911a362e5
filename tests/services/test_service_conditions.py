from typing import Any

import pytest

from ecsdash.aws.calls import Answer
from services.runtime.services import service_steady

pytestmark = pytest.mark.django_db


class Told:
    """ECS that knows one service, or none."""

    def __init__(self, *services: dict[str, Any]) -> None:
        self.services = list(services)

    def call(self, name: str, /, **_: Any) -> Answer:
        return Answer({"services": self.services} if name == "ecs.describe_services" else {})

    def collect(self, name: str, key: str, /, **_: Any) -> list[Any]:
        return []

    def describe(self, name: str, key: str, /, **_: Any) -> list[Any]:
        return []


def deployment(number: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "status": "PRIMARY", "taskDefinition": "arn:x/web:2", "runningCount": 2,
            "rolloutState": "COMPLETED", **more}  # fmt: skip


def service(*deployments: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"serviceName": "web", "clusterArn": "arn:x/shop", "status": "ACTIVE", "desiredCount": 2, "runningCount": 2,
            "deployments": list(deployments), "events": [], **more}  # fmt: skip


def test_it_is_steady_when_one_completed_deployment_runs_all_tasks() -> None:
    assert service_steady(Told(service(deployment("1"))), "shop", "web").finished


@pytest.mark.parametrize(
    "described",
    [
        service(deployment("1", rolloutState="IN_PROGRESS")),
        service(deployment("1", runningCount=1)),
        service(deployment("1"), deployment("0", status="ACTIVE")),
        service(deployment("1"), runningCount=3),
    ],
    ids=["still rolling out", "a task is missing", "an old deployment is left", "an old task is left"],
)
def test_anything_less_goes_on_waiting(described: dict[str, Any]) -> None:
    found = service_steady(Told(described), "shop", "web")

    assert (found.finished, found.failed) == (False, "")


def test_a_service_that_ecs_does_not_show_yet_is_waited_for() -> None:
    assert not service_steady(Told(), "shop", "web").failed


def test_another_deployment_in_its_place_ends_the_wait() -> None:
    found = service_steady(Told(service(deployment("2"))), "shop", "web", [deployment("1")])

    assert found.failed == "Another deployment, of web:2, has replaced this one."


def test_a_rollback_ends_the_wait() -> None:
    back = deployment("0", rolloutState="IN_PROGRESS", rolloutStateReason="... rolling back to deploymentId 0.")
    found = service_steady(Told(service(back)), "shop", "web", [deployment("1")], "arn:x/web:3")

    assert found.failed == "The deployment failed, and ECS rolled back to web:2."


def test_a_deleted_service_ends_the_wait() -> None:
    assert service_steady(Told(service(status="INACTIVE")), "shop", "web").failed == "The service web is inactive."


def test_the_newest_event_is_a_sentence_without_task_ids() -> None:
    event = {"message": "(service web) has started 2 tasks: (task 0b648acd3d6e) (task 1c648acd3d6e)."}
    found = service_steady(Told(service(deployment("1", runningCount=0), events=[event])), "shop", "web")

    assert found.message == "0 of 2 tasks running. The service has started tasks."

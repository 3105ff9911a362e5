import pytest

from ecsdash.access.models import User
from ecsdash.operations.plan import Change, Repeat
from tests.operations import drive
from tests.services.simulated_services import IN_SERVICE, SimulatedServices, calls, titles


@pytest.fixture
def stage(empty_service_stage: SimulatedServices) -> SimulatedServices:
    empty_service_stage.build_steady(count=1)
    return empty_service_stage


def test_scaling_sets_the_count_and_waits_for_the_tasks(stage: SimulatedServices, deployer: User) -> None:
    plan = stage.review("scale_service", deployer, {"desired_count": 3}, **IN_SERVICE)

    assert calls(plan) == ["ecs.update_service"]
    assert plan.steps[0].params == {"cluster": "shop", "service": "web-front", "desiredCount": 3}
    assert plan.steps[0].repeat is Repeat.SAFE
    assert plan.steps[1].until == "service_steady"
    assert plan.changes == (Change("desired tasks", 1, 3),)
    assert plan.cost is not None
    assert plan.cost.words == "about 20.73 USD a month more (10.36 now, 31.09 then)"


def test_the_undo_of_scaling_is_the_former_count(stage: SimulatedServices, deployer: User) -> None:
    plan = stage.review("scale_service", deployer, {"desired_count": 3}, **IN_SERVICE)

    assert plan.undo is not None
    assert (plan.undo.action, plan.undo.data) == ("scale_service", {"desired_count": 1})


def test_a_service_scales_to_its_end(stage: SimulatedServices, deployer: User) -> None:
    operation = stage.do("scale_service", deployer, {"desired_count": 3}, **IN_SERVICE)

    service = stage.service()
    assert (service.running_count, service.health) == (3, "Steady")
    assert operation.steps.get(key="steady").progress_total == 3


def test_scaling_to_none_warns(stage: SimulatedServices, deployer: User) -> None:
    plan = stage.review("scale_service", deployer, {"desired_count": 0}, **IN_SERVICE)

    assert titles(plan, "warn") == ["All 1 tasks of web-front will stop"]


@pytest.mark.parametrize(
    ("count", "objection"),
    [
        ("1", "Desired tasks is already 1. Enter another number."),
        ("-1", "Enter 0 or more. 0 stops all tasks."),
        ("5001", "A service can have at most 5000 tasks."),
        ("many", "Enter a whole number."),
    ],
)
def test_a_bad_count_is_refused_by_its_field(
    stage: SimulatedServices, deployer: User, count: str, objection: str
) -> None:
    found = stage.errors("scale_service", deployer, {"desired_count": count}, **IN_SERVICE)

    assert found == {"desired_count": [objection]}


def test_a_count_that_moved_since_the_review_stops_the_operation(stage: SimulatedServices, deployer: User) -> None:
    operation = stage.start("scale_service", deployer, {"desired_count": 3}, **IN_SERVICE)
    stage.client("ecs").update_service(cluster="shop", service="web-front", desiredCount=7)

    drive.drive(operation, stage.sandbox)

    assert operation.state == "failed"
    assert "desired tasks is now 7, was 1" in operation.error["message"]

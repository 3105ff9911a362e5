import pytest

from ecsdash.access.models import User
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.plan import Danger
from services.models import Service
from tests.services.simulated_services import IN_SERVICE, SimulatedServices, calls


@pytest.fixture
def stage(empty_service_stage: SimulatedServices) -> SimulatedServices:
    empty_service_stage.build_steady()
    return empty_service_stage


def test_tasks_are_stopped_before_the_service_is_deleted(stage: SimulatedServices, operator: User) -> None:
    plan = stage.review("delete_service", operator, {}, **IN_SERVICE)

    assert calls(plan) == ["ecs.update_service", "ecs.delete_service"]
    assert [step.until for step in plan.steps] == ["service_empty", "service_gone"]
    assert "force" not in plan.steps[1].params


def test_by_force_it_is_deleted_at_once(stage: SimulatedServices, operator: User) -> None:
    plan = stage.review("delete_service", operator, {"force": "on"}, **IN_SERVICE)

    assert calls(plan) == ["ecs.delete_service"]
    assert plan.steps[0].params["force"] is True


def test_a_deleted_service_is_remembered_as_gone(stage: SimulatedServices, operator: User) -> None:
    stage.do("delete_service", operator, {}, **IN_SERVICE)

    assert stage.service().gone_at is not None
    assert not Service.objects.present().exists()


def test_a_service_that_is_gone_meanwhile_is_no_failure(stage: SimulatedServices, operator: User) -> None:
    plan = stage.review("delete_service", operator, {}, **IN_SERVICE)

    assert all("ServiceNotFoundException" in step.tolerate for step in plan.steps)


def test_deleting_asks_for_the_name() -> None:
    assert ACTIONS["delete_service"].danger is Danger.LOSES

"""Going back to a state of a service that worked: the whole service, or its task definition only."""

from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import User
from services.models import RestorePoint, TaskDefinition
from tests.services.simulated_services import IN_SERVICE, MOVED, SimulatedServices, calls, titles


@pytest.fixture
def stage(service_stage: SimulatedServices) -> SimulatedServices:
    service_stage.steady_service()
    return service_stage


def changed(stage: SimulatedServices, **params: Any) -> None:
    """Change the service elsewhere, and wait until it is steady."""
    stage.client("ecs").update_service(**IN_SERVICE, **params)
    stage.sandbox.step(180)
    stage.sweep(*MOVED)


def first_point() -> RestorePoint:
    return RestorePoint.objects.order_by("steady_at", "pk")[0]


def test_each_deployment_that_became_steady_is_kept_once(stage: SimulatedServices) -> None:
    stage.register("nginx:1.28")
    stage.sweep(*MOVED)
    assert [each.revision for each in RestorePoint.objects.all()] == ["web-front:1"]

    changed(stage, taskDefinition="web-front:2")
    stage.sweep(*MOVED)

    assert [each.revision for each in RestorePoint.objects.all()] == ["web-front:2", "web-front:1"]


def test_a_deployment_that_failed_is_not_a_restore_point(stage: SimulatedServices) -> None:
    stage.register("nginx:exits")
    changed(stage, taskDefinition="web-front:2")

    assert {each.revision for each in RestorePoint.objects.all()} == {"web-front:1"}


def test_the_whole_service_returns_to_what_it_was(stage: SimulatedServices, operator: User) -> None:
    stage.register("nginx:1.28")
    changed(stage, taskDefinition="web-front:2", enableExecuteCommand=True)
    changed(stage, desiredCount=3)

    plan = stage.review("restore_service", operator, {"point": first_point().pk}, **IN_SERVICE)
    stage.do("restore_service", operator, {"point": first_point().pk}, **IN_SERVICE)

    assert calls(plan) == ["ecs.update_service"]
    service = stage.service()
    assert (service.revision, service.running_count) == ("web-front:1", 3)
    assert service.description["enableExecuteCommand"] is False


def test_the_number_of_tasks_returns_on_request_only(stage: SimulatedServices, operator: User) -> None:
    changed(stage, desiredCount=4)
    data = {"point": first_point().pk}
    assert stage.errors("restore_service", operator, data, **IN_SERVICE) == {
        "point": ["The service is as it was then. Choose another restore point."]
    }

    stage.do("restore_service", operator, {**data, "count": "on"}, **IN_SERVICE)

    assert stage.service().running_count == 2


def test_the_bounds_of_auto_scaling_return_with_the_number_of_tasks(stage: SimulatedServices, operator: User) -> None:
    scaling = stage.client("application-autoscaling")
    name, dimension = "service/shop/web-front", "ecs:service:DesiredCount"
    target = {"ServiceNamespace": "ecs", "ResourceId": name, "ScalableDimension": dimension}
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=4)
    stage.sweep("scalable_targets")
    changed(stage, forceNewDeployment=True)
    kept = RestorePoint.objects.all()[0]
    assert kept.scaling == {"MinCapacity": 1, "MaxCapacity": 4}
    scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=9)
    stage.sweep("scalable_targets")

    stage.do("restore_service", operator, {"point": kept.pk, "count": "on"}, **IN_SERVICE)

    (found,) = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (found["MinCapacity"], found["MaxCapacity"]) == (1, 4)


def test_a_restore_works_after_200_later_deployments(stage: SimulatedServices, operator: User) -> None:
    """ECS lists only the newest deployments, and the revision of then is no longer registered."""
    point = first_point()
    document = {**point.document, "taskDefinition": "web-front:2"}
    later = [
        RestorePoint(service=point.service, deployment=f"ecs-svc/{n}", steady_at=point.steady_at, document=document)
        for n in range(200)
    ]
    stage.register("nginx:1.28")
    changed(stage, taskDefinition="web-front:2")
    RestorePoint.objects.bulk_create(later)
    stage.client("ecs").deregister_task_definition(taskDefinition="web-front:1")
    stage.sweep(*MOVED)

    plan = stage.review("restore_service", operator, {"point": point.pk}, **IN_SERVICE)
    stage.do("restore_service", operator, {"point": point.pk}, **IN_SERVICE)

    assert calls(plan) == ["ecs.register_task_definition", "ecs.update_service"]
    assert "web-front:1 was deregistered" in titles(plan, "ok")
    assert stage.service().revision == "web-front:3"
    assert stage.images("web-front:3") == ["nginx:1.27"]


def test_rolling_back_registers_a_deregistered_revision_again(stage: SimulatedServices, deployer: User) -> None:
    stage.register("nginx:1.28")
    changed(stage, taskDefinition="web-front:2")
    stage.client("ecs").deregister_task_definition(taskDefinition="web-front:1")
    stage.sweep(*MOVED)
    assert TaskDefinition.objects.get(name="web-front:1").status == "INACTIVE"

    stage.do("rollback_service", deployer, {"revision": "web-front:1"}, **IN_SERVICE)

    assert stage.service().revision == "web-front:3"
    assert stage.images("web-front:3") == ["nginx:1.27"]


def test_the_points_are_listed_and_lead_to_the_form(stage: SimulatedServices, operator: User, client: Client) -> None:
    client.force_login(operator)

    page = client.get("/demo/eu-central-1/services/shop/web-front/restore-points/").content.decode()
    form = client.get(f"/demo/eu-central-1/services/shop/web-front/restore/?point={first_point().pk}").content.decode()

    assert f"/services/shop/web-front/restore/?point={first_point().pk}" in page
    assert f'value="{first_point().pk}" selected' in form


def test_a_deregistered_revision_that_still_runs_is_not_registered_again(
    stage: SimulatedServices, operator: User
) -> None:
    changed(stage, enableExecuteCommand=True)
    stage.client("ecs").deregister_task_definition(taskDefinition="web-front:1")
    stage.sweep(*MOVED)
    assert TaskDefinition.objects.get(name="web-front:1").status == "INACTIVE"

    plan = stage.review("restore_service", operator, {"point": first_point().pk}, **IN_SERVICE)

    assert calls(plan) == ["ecs.update_service"]
    assert plan.steps[0].params["enableExecuteCommand"] is False
    assert "taskDefinition" not in plan.steps[0].params

from typing import Any

import pytest

from ecsdash.aws.errors import Invalid
from ecsdash.inventory.models import SweepState
from services.models import Listener, LoadBalancer, Service, ServiceDeployment, ServiceEvent, TargetGroup
from services.statuses import ServiceHealth
from services.sync import deployments, services
from tests.services.simulated_services import SimulatedServices
from tests.services.test_service_create import with_balancer


def test_a_service_is_kept_with_what_lists_need(service_stage: SimulatedServices) -> None:
    service = service_stage.steady_service()

    assert (service.cluster_name, service.desired_count, service.running_count) == ("shop", 2, 2)
    assert (service.launch_type, service.rollout_state, service.health) == ("FARGATE", "COMPLETED", "Steady")
    assert service.revision == "web-front:1"
    assert "events" not in service.description
    assert service.event_words == "has reached a steady state."


def test_events_are_kept_once_and_longer_than_ecs_keeps_them(service_stage: SimulatedServices) -> None:
    service = service_stage.steady_service()
    seen = set(ServiceEvent.objects.values_list("event_id", flat=True))
    assert len(seen) > 2
    answer: dict[str, Any] = service_stage.client("ecs").describe_services(cluster="shop", services=["web-front"])
    description = answer["services"][0]
    newest = [{**description["events"][0], "id": "new"}]

    services._store_events(service_stage.scope, [{**description, "events": newest}], {service.arn: None})

    assert set(ServiceEvent.objects.values_list("event_id", flat=True)) == seen | {"new"}


def test_a_deleted_service_is_marked_as_gone(service_stage: SimulatedServices) -> None:
    service_stage.steady_service()
    service_stage.client("ecs").delete_service(cluster="shop", service="web-front", force=True)
    service_stage.sandbox.step(120)
    service_stage.sweep("services")

    assert service_stage.service().gone_at is not None


def test_what_deploys_is_swept_closely(service_stage: SimulatedServices) -> None:
    service_stage.steady_service()
    assert SweepState.objects.get(noun="tasks").in_progress_until is None

    service_stage.client("ecs").update_service(cluster="shop", service="web-front", forceNewDeployment=True)
    service_stage.sweep("services")

    assert SweepState.objects.get(noun="tasks").in_progress_until is not None


def test_deployments_tell_from_and_to_which_revision(service_stage: SimulatedServices) -> None:
    service_stage.steady_service()
    service_stage.register("nginx:1.28")
    service_stage.client("ecs").update_service(cluster="shop", service="web-front", taskDefinition="web-front:2")
    service_stage.sweep("services", "service_deployments")

    newest = ServiceDeployment.objects.order_by("-created_at").first()
    assert newest is not None
    assert (newest.status, newest.revision, newest.in_flight) == ("IN_PROGRESS", "web-front:2", True)
    assert "web-front:1" in str(newest.description["taskDefinitions"])


def test_deployments_that_have_not_moved_are_not_asked_for_again(service_stage: SimulatedServices) -> None:
    service_stage.steady_service()

    assert deployments._changed(service_stage.scope) == []


def test_an_endpoint_without_service_deployments_is_no_failure(
    service_stage: SimulatedServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    service_stage.steady_service()
    Service.objects.update(deployments_seen="")

    def unknown(*_: object) -> None:
        raise Invalid("UnknownOperationException", "ListServiceDeployments")

    monkeypatch.setattr(deployments, "_records", unknown)
    service_stage.sweep("service_deployments")

    assert SweepState.objects.get(noun="service_deployments").error_code == ""


def test_load_balancers_and_the_health_of_their_targets_are_known(
    service_stage: SimulatedServices, operator: Any
) -> None:
    service_stage.do("create_service", operator, with_balancer(service_stage), cluster="shop")

    balancer, group, listener = LoadBalancer.objects.get(), TargetGroup.objects.get(), Listener.objects.get()
    assert (balancer.state, balancer.tags["ecsdash:service"]) == ("active", "shop/web-front")
    assert group.load_balancer_arns == [balancer.arn]
    assert [target["state"] for target in group.targets] == ["healthy", "healthy"]
    assert (listener.port, listener.target_group_arns) == (80, [group.arn])


@pytest.mark.parametrize(
    ("columns", "health"),
    [
        ({"desired_count": 2, "running_count": 2}, ServiceHealth.STEADY),
        ({"desired_count": 0, "running_count": 0}, ServiceHealth.STOPPED),
        ({"desired_count": 2, "running_count": 1}, ServiceHealth.DEGRADED),
        ({"desired_count": 2, "running_count": 1, "pending_count": 1}, ServiceHealth.SCALING),
        ({"desired_count": 1, "running_count": 2}, ServiceHealth.SCALING),
        ({"rollout_state": "IN_PROGRESS"}, ServiceHealth.DEPLOYING),
        ({"rollout_state": "IN_PROGRESS", "failed_tasks": 2}, ServiceHealth.FAILING),
        ({"rollout_state": "FAILED"}, ServiceHealth.FAILED),
        ({"status": "DRAINING"}, ServiceHealth.DRAINING),
        ({"status": "INACTIVE"}, ServiceHealth.INACTIVE),
    ],
)
def test_health_is_one_word(columns: dict[str, Any], health: ServiceHealth) -> None:
    assert ServiceHealth.of(Service(**{"status": "ACTIVE", **columns})) is health

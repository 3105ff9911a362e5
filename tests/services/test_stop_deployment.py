"""Stopping a deployment: from its service, and from an operation that was cancelled while it ran."""

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.operations import control, runner
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Plan, Repeat
from services.models import Service, ServiceDeployment
from tests.operations import drive
from tests.services.simulated_services import IN_SERVICE, MOVED, SimulatedServices, calls, titles
from tests.users import Users

OFFER = "/services/shop/web-front/stop-deployment/"


@pytest.fixture
def stage(service_stage: SimulatedServices) -> SimulatedServices:
    """A service on its way from revision 1 to revision 2."""
    service_stage.steady_service()
    service_stage.register("nginx:1.28")
    service_stage.client("ecs").update_service(**IN_SERVICE, taskDefinition="web-front:2")
    service_stage.sandbox.step(2)
    service_stage.sweep(*MOVED)
    return service_stage


def test_the_plan_rolls_back_to_the_revision_that_ran_before(stage: SimulatedServices, deployer: User) -> None:
    plan = stage.review("stop_deployment", deployer, {}, **IN_SERVICE)

    assert calls(plan) == ["ecs.stop_service_deployment"]
    assert plan.steps[0].params["stopType"] == "ROLLBACK"
    assert plan.steps[0].repeat is Repeat.LOOKUP
    assert titles(plan, "ok") == ["ECS rolls the service back to web-front:1"]
    assert Plan.from_json(plan.to_json()) == plan


def test_it_ends_when_ecs_has_rolled_back(stage: SimulatedServices, deployer: User) -> None:
    stage.do("stop_deployment", deployer, {}, **IN_SERVICE)

    service = stage.service()
    assert (service.revision, service.running_count, service.deploying) == ("web-front:1", 2, False)
    newest = ServiceDeployment.objects.order_by("-created_at").first()
    assert newest is not None
    assert newest.status == "ROLLBACK_SUCCESSFUL"


def test_the_first_deployment_cannot_be_stopped(service_stage: SimulatedServices, operator: User) -> None:
    service_stage.start("create_service", operator, service_stage.create_data(), cluster="shop")
    runner.run(Operation.objects.get().pk)
    service_stage.sweep(*MOVED)

    plan = service_stage.review("stop_deployment", operator, {}, **IN_SERVICE)

    assert plan.blocked
    assert titles(plan, "block") == ["No earlier revision to roll back to"]


def test_without_a_deployment_in_progress_it_is_not_possible(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    service_stage.steady_service()
    client.force_login(operator)

    found = service_stage.errors("stop_deployment", operator, {}, **IN_SERVICE)

    assert found == {"__all__": ["No deployment of this service is in progress."]}
    assert OFFER not in client.get("/demo/eu-central-1/services/shop/web-front/").content.decode()


def test_it_is_offered_where_the_deployment_is_shown(stage: SimulatedServices, users: Users, client: Client) -> None:
    deployment = ServiceDeployment.objects.order_by("-created_at")[0]
    for person, offered in (("deployer", True), ("viewer", False)):
        client.force_login(users.named(person))
        for path in ("", f"deployments/{deployment.name}/"):
            page = client.get(f"/demo/eu-central-1/services/shop/web-front/{path}").content.decode()
            assert (OFFER in page) is offered


def test_a_cancelled_deployment_says_that_ecs_continues_and_offers_to_stop_it(
    service_stage: SimulatedServices, users: Users, client: Client
) -> None:
    service_stage.steady_service()
    service_stage.register("nginx:1.28")
    service_stage.sweep(*MOVED)
    data = {"revision": "web-front:2"}
    operation = service_stage.start("deploy_service", users.deployer, data, **IN_SERVICE)
    runner.run(operation.pk)
    control.cancel(operation, by=users.deployer, source_ip="", enqueue_run=lambda _: None)
    drive.drive(operation)
    service_stage.sweep(*MOVED)
    assert operation.state == "cancelled"
    assert Service.objects.get().deploying
    client.force_login(users.deployer)

    page = client.get(f"/operations/{operation.pk}/").content.decode()

    assert "The calls that were made are not undone." in page
    assert "The deployment continues in ECS" in page
    assert f'action="/demo/eu-central-1{OFFER}"' in page
    client.force_login(users.viewer)
    assert OFFER not in client.get(f"/operations/{operation.pk}/").content.decode()

    service_stage.do("stop_deployment", users.deployer, {}, **IN_SERVICE)
    client.force_login(users.deployer)
    page = client.get(f"/operations/{operation.pk}/").content.decode()
    assert "continues in ECS" not in page
    assert OFFER not in page


def test_what_was_cancelled_before_its_first_call_left_nothing(
    service_stage: SimulatedServices, users: Users, client: Client
) -> None:
    service_stage.steady_service()
    operation = service_stage.start("force_new_deployment", users.operator, {}, **IN_SERVICE)
    control.cancel(operation, by=users.operator, source_ip="", enqueue_run=lambda _: None)
    drive.drive(operation)
    client.force_login(users.operator)

    assert 'id="continues"' not in client.get(f"/operations/{operation.pk}/").content.decode()

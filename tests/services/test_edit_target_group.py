"""The health check and attributes of a target group are changed after its creation."""

from django.test import Client

from ecsdash.access.models import User
from services.models import TargetGroup
from services.selectors.load_balancers import settings_of
from tests.services.simulated_services import IN_SERVICE, SimulatedServices, calls, titles
from tests.services.test_service_create import SHOP, with_balancer


def test_the_health_check_and_attributes_are_changed_and_restored(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    stage = service_stage
    stage.do("create_service", operator, with_balancer(stage, desired_count=1), **SHOP)
    before = settings_of(TargetGroup.objects.get())
    assert (before["health_check_path"], before["deregistration_delay"], before["sticky_seconds"]) == ("/", 300, None)

    data = {"target_group": "web-front", "health_check_path": "/ready", "health_check_codes": "200-299",
            "deregistration_delay": 5, "sticky_seconds": 60}  # fmt: skip
    operation = stage.do("edit_target_group", operator, data, **IN_SERVICE)

    assert calls(operation.plan) == ["elbv2.modify_target_group", "elbv2.modify_target_group_attributes"]
    assert titles(operation.plan, "warn") == ["Tasks that fail the new health check are replaced"]
    after = settings_of(TargetGroup.objects.get())
    assert {name: value for name, value in after.items() if value != before[name]} == {
        "health_check_path": "/ready", "health_check_codes": "200-299", "deregistration_delay": 5,
        "sticky_seconds": 60,
    }  # fmt: skip
    client.force_login(operator)
    page = client.get("/demo/eu-central-1/services/shop/web-front/networking/").content.decode()
    assert "/ready" in page
    assert "target-group/?target_group=web-front" in page
    form = client.get("/demo/eu-central-1/services/shop/web-front/target-group/?target_group=web-front")
    assert 'value="/ready"' in form.content.decode()

    undo = operation.plan.undo
    assert undo is not None
    stage.do(undo.action, operator, undo.data, **IN_SERVICE)
    assert settings_of(TargetGroup.objects.get()) == before


def test_a_group_of_another_service_and_a_wrong_timeout_are_refused(
    service_stage: SimulatedServices, operator: User
) -> None:
    service_stage.do("create_service", operator, with_balancer(service_stage, desired_count=0), **SHOP)
    data = {"target_group": "other"}
    assert "target_group" in service_stage.errors("edit_target_group", operator, data, **IN_SERVICE)
    data = {"target_group": "web-front", "health_check_timeout": "40"}
    found = service_stage.errors("edit_target_group", operator, data, **IN_SERVICE)
    assert found == {"health_check_timeout": ["The timeout must be shorter than the interval."]}

"""Changes made beside the dashboard are read, attributed and recorded once."""

from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory.sweeps.run import sweep_now
from tests.operations import drive
from tests.services.simulated_services import SimulatedServices


def external() -> Any:
    return AuditEvent.objects.filter(action="external_change").order_by("seq")


def read(stage: SimulatedServices) -> None:
    sweep_now(stage.scope, "external_changes")


@pytest.fixture
def service(stage: SimulatedServices) -> SimulatedServices:
    """A steady service, and CloudTrail read until now."""
    stage.steady_service()
    read(stage)
    stage.sandbox.step(2)
    return stage


def test_a_change_with_boto3_appears_with_person_source_and_difference(
    service: SimulatedServices, admin: User, admin_client: Client
) -> None:
    assert not external()
    service.client("ecs").update_service(cluster="shop", service="web-front", desiredCount=5)
    read(service)
    (event,) = external()
    assert (event.actor_name, event.source_ip, event.service) == ("moto", "127.0.0.1", "web-front")
    assert event.changes == [{"path": "desiredCount", "before": 2, "after": 5}]
    page = admin_client.get(service.service().get_absolute_url()).content.decode()
    assert "Changed outside the dashboard" in page
    assert "desired count 2 → 5" in page
    overview = admin_client.get("/").content.decode()
    assert "External" in overview
    assert "desired count 2 → 5" in overview
    service.sweep("services")
    change = ExternalChange.objects.get()
    page = admin_client.get(change.get_absolute_url()).content.decode()
    draft = drive.review("revert_service_change", admin, service.scope, change.url_kwargs(), {})
    drive.succeed(drive.confirm(draft), service.sandbox, 20)
    service.sweep("services")
    assert service.service().desired_count == 2
    read(service)
    assert external().count() == 1

"""The review of a plan shows what is in AWS now, also where the inventory is behind."""

import pytest
from django.test import Client
from pytest_django import Settings

from ecsdash.access.models import User
from ecsdash.inventory.models import SweepState
from ecsdash.operations import jobs
from ecsdash.operations.models import Draft, Operation
from tests.operations.drive import succeed
from tests.services.simulated_services import IN_SERVICE, SimulatedServices

PENDING = "The plan is made from the current state in AWS …"
AGAIN = "The plan was made again from the current state"


@pytest.fixture
def stage(service_stage: SimulatedServices, settings: Settings) -> SimulatedServices:
    """A steady service, in an inventory that is behind at once."""
    service_stage.steady_service()
    settings.REVIEW_FRESH_SECONDS = 0
    return service_stage


@pytest.fixture
def page(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def review(stage: SimulatedServices, page: Client, action: str, data: dict[str, object]) -> Draft:
    page.post(f"{stage.service().get_absolute_url()}{action}/", data)
    return Draft.objects.get()


def text(page: Client, draft: Draft) -> str:
    return page.get(f"/plans/{draft.pk}/").content.decode()


def test_until_the_current_state_is_read_nothing_starts(stage: SimulatedServices, page: Client) -> None:
    draft = review(stage, page, "scale", {"desired_count": 3})
    assert PENDING in text(page, draft)
    page.post(f"/plans/{draft.pk}/confirm/")
    assert not Operation.objects.exists()
    jobs.check_draft(str(draft.pk))
    assert "The plan is made from the current state in AWS" in text(page, draft)
    assert PENDING not in text(page, draft)
    page.post(f"/plans/{draft.pk}/confirm/")
    succeed(Operation.objects.get(), stage.sandbox)


def test_a_change_that_the_inventory_does_not_have_is_in_the_plan(stage: SimulatedServices, page: Client) -> None:
    stage.client("ecs").update_service(**IN_SERVICE, desiredCount=5)
    stage.sandbox.step(90)
    draft = review(stage, page, "scale", {"desired_count": 3})
    assert [(each.before, each.after) for each in draft.plan.changes] == [(2, 3)]
    jobs.check_draft(str(draft.pk))
    shown = text(page, draft)
    assert AGAIN in shown
    assert "desired tasks is now 5, was 2" in shown
    draft.refresh_from_db()
    assert [(each.before, each.after) for each in draft.plan.changes] == [(5, 3)]
    page.post(f"/plans/{draft.pk}/confirm/")
    succeed(Operation.objects.get(), stage.sandbox, 20)


def test_a_service_that_is_gone_blocks_and_the_inventory_is_refreshed(stage: SimulatedServices, page: Client) -> None:
    stage.client("ecs").delete_service(**IN_SERVICE, force=True)
    stage.sandbox.step(300)
    draft = review(stage, page, "scale", {"desired_count": 3})
    jobs.check_draft(str(draft.pk))
    assert "The inventory is behind AWS" in text(page, draft)
    page.post(f"/plans/{draft.pk}/confirm/")
    assert not Operation.objects.exists()
    assert SweepState.objects.get(noun="services").requested_at


def test_what_was_just_read_is_shown_at_once(stage: SimulatedServices, page: Client, settings: Settings) -> None:
    settings.REVIEW_FRESH_SECONDS = 600
    draft = review(stage, page, "scale", {"desired_count": 3})
    assert PENDING not in text(page, draft)

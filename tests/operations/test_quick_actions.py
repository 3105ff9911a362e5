"""Actions that act without a review in a development account: the labels of their buttons."""

import re

import pytest
from django.test import Client

from clusters.models import Cluster, ContainerInstance
from ecsdash.access.models import User
from ecsdash.inventory.models import Account
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.at_once import Moved
from ecsdash.operations.models import Operation
from tests.clusters.conftest import desk
from tests.clusters.world import Desk
from tests.services.test_service_pages import make_service

SCALE = "/demo/eu-central-1/services/shop/web-front/scale/"
INSTANCE = "/demo/eu-central-1/clusters/shop/instances/i-1/"

#: The members of ECS's description that a plan reads.
SERVICE = {"status": "ACTIVE", "desiredCount": 2, "taskDefinition": "arn:x/web-front:2", "deployments": []}

__all__ = ["desk"]


@pytest.fixture
def page(client: Client, operator: User, desk: Desk) -> Client:
    desk.row(Cluster, "shop", status="ACTIVE")
    make_service(desk.scope.account, description=SERVICE)
    client.force_login(operator)
    return client


def in_production() -> None:
    Account.objects.update(environment=Account.Environment.PRODUCTION)


def buttons(client: Client, path: str) -> list[str]:
    """Return the labels of the buttons below the form."""
    end = client.get(path).content.decode().partition('<span class="form-buttons">')[2].partition("</span>")[0]
    return re.findall(r"<button[^>]*>([^<]*)</button>", end)


def test_scaling_in_a_development_account_can_be_reviewed_or_done(page: Client) -> None:
    assert buttons(page, SCALE) == ["Review", "Scale to 2"]


def test_scaling_elsewhere_is_reviewed(page: Client) -> None:
    in_production()

    assert buttons(page, SCALE) == ["Review"]


def test_review_reviews_and_the_other_button_acts(page: Client) -> None:
    reviewed = page.post(SCALE, {"desired_count": "4"})
    assert reviewed["Location"].startswith("/plans/")
    assert not Operation.objects.exists()
    assert ">Scale to 4</button>" in page.get(reviewed["Location"]).content.decode()

    done = page.post(SCALE, {"desired_count": "4", "at_once": "1"})

    assert done["Location"].startswith("/operations/")
    assert Operation.objects.get().plan.summary == "Scale web-front from 2 to 4 tasks"


def test_a_plan_with_a_warning_is_reviewed_first(page: Client) -> None:
    assert page.post(SCALE, {"desired_count": "0", "at_once": "1"})["Location"].startswith("/plans/")


def test_what_moves_much_is_reviewed_and_the_form_says_so(page: Client) -> None:
    assert "It is reviewed first if a check warns, or if it moves more than 5 tasks" in page.get(SCALE).content.decode()
    assert page.post(SCALE, {"desired_count": "200", "at_once": "1"})["Location"].startswith("/plans/")
    assert not Operation.objects.exists()


@pytest.mark.parametrize(
    ("before", "after", "large"),
    [(2, 7, False), (2, 8, True), (0, 5, False), (40, 60, False), (40, 61, True), (40, 19, True), (10, 5, False)],
)
def test_much_is_a_number_and_a_share(before: int, after: int, large: bool) -> None:
    assert Moved(before, after).large is large


def test_in_a_production_account_every_plan_is_reviewed(page: Client) -> None:
    in_production()

    assert page.post(SCALE, {"desired_count": "4", "at_once": "1"})["Location"].startswith("/plans/")


def test_a_button_without_a_form_acts_and_has_a_review_beside_it(page: Client, desk: Desk) -> None:
    desk.row(ContainerInstance, "i-1", cluster_name="shop", status="DRAINING")
    shown = page.get(INSTANCE).content.decode()

    form = shown.partition(f'action="{INSTANCE}activate/"')[2].partition("</form>")[0]
    assert 'name="at_once"' in form
    assert f'href="{INSTANCE}activate/"' in shown
    assert page.post(f"{INSTANCE}activate/", {"at_once": "1"})["Location"].startswith("/operations/")
    assert page.post(f"{INSTANCE}activate/")["Location"].startswith("/plans/")


def test_every_action_that_may_act_at_once_names_its_act() -> None:
    quick = [action for action in ACTIONS.values() if action.quick]

    assert quick
    assert [action.name for action in quick if not action.act or "review" in action.act.lower()] == []

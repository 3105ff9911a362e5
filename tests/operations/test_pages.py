"""The links of the review page and of an operation's page."""

import pytest
from django.test import Client

from clusters.models import Cluster
from ecsdash.access.models import User
from ecsdash.inventory.models import Account
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.states import OperationState
from services.models import Service
from tests.inventory.test_retention import row
from tests.operations.conftest import draft_of
from tests.operations.drive import confirm

HERE = {"account": "demo", "region": "eu-central-1"}
IN_SERVICE = {**HERE, "cluster": "shop", "service": "web"}
CLUSTER, SERVICE = 'href="/demo/eu-central-1/clusters/shop/"', 'href="/demo/eu-central-1/services/shop/web/"'


@pytest.fixture
def page(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.mark.parametrize(
    ("action", "state", "place", "link"),
    [
        ("scale_service", OperationState.RUNNING, IN_SERVICE, SERVICE),
        ("edit_cluster", OperationState.FAILED, {**HERE, "cluster": "shop"}, CLUSTER),
        ("create_cluster", OperationState.SUCCEEDED, HERE, CLUSTER),
    ],
)
def test_an_operation_links_to_the_resource_that_it_changes(
    page: Client, account: Account, operator: User, action: str, state: OperationState, place: dict[str, str], link: str
) -> None:
    row(Cluster, account, "shop", status="ACTIVE")
    row(Service, account, "web", cluster_name="shop", status="ACTIVE")
    operation = confirm(draft_of(account, operator))
    Operation.objects.filter(pk=operation.pk).update(action=action, state=state, url_kwargs=place)

    assert link in page.get(f"/operations/{operation.pk}/").content.decode()


def test_an_operation_does_not_link_to_a_resource_that_does_not_exist_yet(
    page: Client, account: Account, operator: User
) -> None:
    operation = confirm(draft_of(account, operator))

    assert CLUSTER not in page.get(f"/operations/{operation.pk}/").content.decode()


@pytest.mark.parametrize(("action", "offered"), [("scale_service", True), ("force_new_deployment", False)])
def test_only_a_plan_with_a_form_links_back_to_the_form(
    page: Client, account: Account, operator: User, action: str, offered: bool
) -> None:
    draft = draft_of(account, operator)
    Draft.objects.filter(pk=draft.pk).update(action=action, service="web", url_kwargs=IN_SERVICE)

    assert ("Back to the form" in page.get(f"/plans/{draft.pk}/").content.decode()) is offered

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


def test_the_review_is_below_the_pages_of_its_resource_and_cancel_leads_back_to_it(
    page: Client, account: Account, operator: User
) -> None:
    row(Service, account, "web", cluster_name="shop", status="ACTIVE")
    draft = draft_of(account, operator)
    Draft.objects.filter(pk=draft.pk).update(action="scale_service", service="web", url_kwargs=IN_SERVICE)
    answer = page.get(f"/plans/{draft.pk}/")

    assert [label for label, _ in answer.context["crumbs"]] == ["Clusters", "shop", "web", "Scale", "Review"]
    assert answer.context["cancel_url"] == "/demo/eu-central-1/services/shop/web/"


def test_cancel_leads_to_the_operations_when_the_resource_was_deleted(
    page: Client, account: Account, operator: User
) -> None:
    draft = draft_of(account, operator)
    Draft.objects.filter(pk=draft.pk).update(action="scale_service", service="web", url_kwargs=IN_SERVICE)

    assert page.get(f"/plans/{draft.pk}/").context["cancel_url"] == "/operations/"


def test_a_form_that_is_unavailable_now_cannot_be_sent(page: Client, account: Account) -> None:
    row(Service, account, "web", cluster_name="shop", status="ACTIVE")
    text = page.get("/demo/eu-central-1/services/shop/web/stop-deployment/").content.decode()

    assert "No deployment of this service is in progress." in text
    assert '<button type="submit" class="btn btn-primary" disabled>Review</button>' in text


def test_the_card_of_a_failed_wait_says_what_happened_and_why(page: Client, account: Account, operator: User) -> None:
    operation = confirm(draft_of(account, operator))
    message = "The deployment failed, and ECS rolled back to web:2. Task 0b64 exited with code 1. Read the log."
    error = {"kind": "", "code": "WaitFailed", "message": message, "step": "Wait until the service is steady"}
    Operation.objects.filter(pk=operation.pk).update(state=OperationState.FAILED, error=error)
    card = page.get(f"/operations/{operation.pk}/").context["error"]

    assert card.what == "The deployment failed, and ECS rolled back to web:2."
    assert (card.why, card.raw) == ("Task 0b64 exited with code 1. Read the log.", "")


@pytest.fixture
def failed(account: Account, operator: User) -> Operation:
    """An operation of the operator that failed: scaling the service web to 7."""
    row(Service, account, "web", cluster_name="shop", status="ACTIVE", desired_count=2)
    draft = draft_of(account, operator)
    Draft.objects.filter(pk=draft.pk).update(action="scale_service", service="web", url_kwargs=IN_SERVICE)
    draft.refresh_from_db()
    draft.form_data = {"desired_count": ["7"]}
    operation = confirm(draft)
    operation.state = OperationState.FAILED
    operation.save(update_fields=["state"])
    return operation


def test_the_form_of_a_failed_operation_can_be_changed_with_everything_in_it(page: Client, failed: Operation) -> None:
    address = f"/operations/{failed.pk}/form/"
    assert address in page.get(f"/operations/{failed.pk}/").content.decode()
    form = page.get(address, follow=True)
    assert form.request["QUERY_STRING"] == f"operation={failed.pk}"
    assert 'value="7"' in form.content.decode()


def test_the_form_of_somebody_else_is_not_shown(client: Client, failed: Operation, admin: User) -> None:
    client.force_login(admin)
    answer = client.get(f"/operations/{failed.pk}/form/", follow=True)
    assert "Only operator can open this form again" in answer.content.decode()
    place = "/demo/eu-central-1/services/shop/web/scale/"
    assert client.get(f"{place}?operation={failed.pk}").status_code == 404


@pytest.mark.parametrize("state", [OperationState.SUCCEEDED, OperationState.RUNNING])
def test_an_operation_that_did_not_fail_offers_no_form(page: Client, failed: Operation, state: OperationState) -> None:
    Operation.objects.filter(pk=failed.pk).update(state=state)
    assert "change-form" not in page.get(f"/operations/{failed.pk}/").content.decode()
    assert page.get(f"/operations/{failed.pk}/form/").headers["Location"] == f"/operations/{failed.pk}/"

"""Removal of an account: it disappears from all pages, its inventory is deleted, its history is kept."""

import pytest
from django.test import Client

from clusters.models import Cluster
from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory import jobs
from ecsdash.inventory.accounts import removal
from ecsdash.inventory.models import Account, SweepState
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Step
from ecsdash.operations.states import OperationState
from tests.inventory.accounts.test_pages import SHOP
from tests.inventory.test_retention import REGION, row
from tests.operations.conftest import draft_of
from tests.operations.drive import confirm
from tests.users import make_account

REMOVE = "/settings/accounts/demo/remove/"


@pytest.fixture
def account(db: None) -> Account:
    return make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def remove(page: Client) -> int:
    return page.post(REMOVE, {"name": "demo"}).status_code


def test_the_name_must_be_typed(page: Client, account: Account) -> None:
    answer = page.post(REMOVE, {"name": "dem"})
    assert (answer.status_code, b"Type demo to confirm" in answer.content) == (422, True)
    assert Account.objects.get(pk=account.pk).enabled


def test_a_removed_account_is_gone_at_once_and_audited(page: Client, account: Account) -> None:
    assert remove(page) == 302
    assert AuditEvent.objects.latest("seq").action == "remove_account"
    assert page.get("/settings/accounts/demo/").status_code == 404
    assert page.get(f"/demo/{REGION}/clusters/").status_code == 404
    assert b"Demo" not in page.get("/settings/accounts/").content.partition(b"<main")[2]


def test_its_inventory_is_deleted_and_its_operations_stay(page: Client, account: Account, admin: User) -> None:
    row(Cluster, account, "shop", status="ACTIVE")
    SweepState.objects.create(account=account, region=REGION, noun="clusters")
    operation = confirm(draft_of(account, admin, Step("wait", "Wait", until="unchanged")))
    Operation.objects.update(state=OperationState.SUCCEEDED)
    remove(page)
    jobs.forget_account(account.pk)
    assert not Cluster.objects.exists()
    assert not SweepState.objects.exists()
    assert page.get(f"/operations/{operation.pk}/").status_code == 200


def test_a_lost_job_is_made_up_for_by_the_daily_one(page: Client, account: Account) -> None:
    row(Cluster, account, "shop", status="ACTIVE")
    remove(page)
    jobs.prune()
    assert not Cluster.objects.exists()


def test_while_an_operation_runs_in_it_an_account_stays(page: Client, account: Account, admin: User) -> None:
    confirm(draft_of(account, admin, Step("wait", "Wait", until="unchanged")))
    answer = page.post(REMOVE, {"name": "demo"})
    assert (answer.status_code, b"An operation is in progress in this account" in answer.content) == (422, True)


def test_an_account_that_is_added_again_takes_up_its_history(page: Client, account: Account) -> None:
    remove(page)
    assert page.post("/settings/accounts/new/", SHOP).status_code == 302
    again = Account.objects.get(pk=account.pk)
    assert (again.alias, again.enabled, again.removed_at) == ("shop-prod", True, None)


def test_of_an_account_that_was_added_again_nothing_is_deleted(account: Account) -> None:
    row(Cluster, account, "shop", status="ACTIVE")
    removal.clear(account.pk)
    assert Cluster.objects.exists()

"""Lists over every account and region that the user may see."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ecsdash.access.models import User
from ecsdash.inventory.changes import bump
from ecsdash.inventory.models import Account, SweepState
from ecsdash.inventory.scope import find_selection
from services.models import Service
from tests.services.inventory_rows import InventoryRows
from tests.users import Users, person

pytestmark = pytest.mark.django_db
LISTS = ("clusters", "services", "tasks", "task-definitions", "deployments")


@pytest.fixture
def desk(db: None) -> InventoryRows:
    desk = InventoryRows()
    desk.build()
    return desk


def page(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("noun", LISTS)
def test_every_list_shows_all_scopes_with_their_account_and_region(
    desk: InventoryRows, admin: User, client: Client, noun: str
) -> None:
    shown = page(client, admin, f"/all/all/{noun}/")
    for place in ("/demo/eu-central-1/", "/demo/us-east-1/", "/bank/eu-central-1/"):
        assert f'href="{place}{"services" if noun == "deployments" else noun}/' in shown
    assert "Account</a>" in shown
    assert "env-production account-mark" in shown


@pytest.mark.parametrize("noun", LISTS)
def test_a_list_shows_only_what_the_user_may_see(desk: InventoryRows, users: Users, client: Client, noun: str) -> None:
    assert "/bank/" not in page(client, users.operator, f"/all/all/{noun}/")
    assert "billing" not in page(client, users.deployer, f"/all/all/{noun}/")
    client.force_login(users.outsider)
    assert client.get(f"/all/all/{noun}/").status_code == 404


def test_one_account_or_one_region_of_all_can_be_asked_for(desk: InventoryRows, admin: User, client: Client) -> None:
    assert "(3)" in page(client, admin, "/demo/all/services/")
    assert "(3)" in page(client, admin, "/all/eu-central-1/services/")
    assert client.get("/all/eu-west-9/services/").status_code == 404
    assert client.get("/nobody/all/services/").status_code == 404


def test_a_disabled_account_and_a_dropped_region_are_not_shown(
    desk: InventoryRows, admin: User, client: Client
) -> None:
    Account.objects.filter(alias="bank").update(enabled=False)
    Account.objects.filter(alias="demo").update(regions=["eu-central-1"])
    assert "(2)" in page(client, admin, "/all/all/services/")


def test_account_and_region_are_filter_words_and_sorts(desk: InventoryRows, admin: User, client: Client) -> None:
    assert "(1 of 4)" in page(client, admin, "/all/all/tasks/?q=account:bank")
    assert "(1 of 4)" in page(client, admin, "/all/all/services/?q=region:us-east")
    shown = page(client, admin, "/all/all/services/?sort=-account")
    assert shown.index("/demo/eu-central-1/services/shop/billing/") < shown.index("/bank/eu-central-1/services/")


def test_nothing_is_created_in_all_scopes_and_a_row_keeps_its_actions(
    desk: InventoryRows, admin: User, client: Client
) -> None:
    shown = page(client, admin, "/all/all/services/")
    assert "Create service" not in shown
    service = Service.objects.get(name="web-vault")
    menu = page(client, admin, f"/all/all/services/?menu={service.pk}")
    assert "/bank/eu-central-1/services/shop/web-vault/scale/" in menu


def test_the_menu_of_a_row_is_only_for_those_who_may_see_the_row(
    desk: InventoryRows, users: Users, client: Client
) -> None:
    vault = Service.objects.get(name="web-vault")
    client.force_login(users.operator)
    assert client.get(f"/all/all/services/?menu={vault.pk}").status_code == 404
    assert client.get("/all/all/services/?menu=nonsense").status_code == 404


def test_nothing_else_exists_in_all_scopes(desk: InventoryRows, admin: User, client: Client) -> None:
    client.force_login(admin)
    for tail in ("services/shop/web-front/", "clusters/shop/", "clusters/new/", "services/new/"):
        assert client.get(f"/all/all/{tail}").status_code == 404


def test_the_failing_scopes_are_named(desk: InventoryRows, admin: User, client: Client) -> None:
    SweepState.objects.filter(account__alias="bank", noun="services").update(error_code="Throttling", error="slower")
    shown = page(client, admin, "/all/all/services/")
    assert "The last refresh failed in bank / eu-central-1" in shown


def test_a_change_in_any_of_the_scopes_renews_the_list(desk: InventoryRows, admin: User, client: Client) -> None:
    client.force_login(admin)
    first = client.get("/all/all/services/?fragment=services")
    known = {"HTTP_HX_PTAG": first["HX-PTag"]}
    assert client.get("/all/all/services/?fragment=services", **known).status_code == 304  # type: ignore[arg-type]
    bump(desk.scopes["bank"].account, "eu-central-1", "services")
    assert client.get("/all/all/services/?fragment=services", **known).status_code == 200  # type: ignore[arg-type]


@pytest.mark.parametrize("noun", ["tasks", "services"])
def test_a_list_costs_the_same_queries_however_many_rows_it_shows(
    desk: InventoryRows, admin: User, client: Client, noun: str
) -> None:
    """Nothing is fetched row by row: neither accounts nor what lists leave out of the rows."""
    client.force_login(admin)
    address = f"/all/all/{noun}/?show=all"
    few = _queries(desk, client, address, noun)
    for number in range(20):
        if noun == "tasks":
            desk.task("far", f"more{number}", "", stop_code="EssentialContainerExited", last_status="STOPPED")
        else:
            desk.row(Service, "far", f"more{number}", cluster_name="shop", status="ACTIVE")
    assert _queries(desk, client, address, noun) == few


def _queries(desk: InventoryRows, client: Client, address: str, noun: str) -> int:
    """Of the first who opens the page after a change."""
    client.get(address)
    for scope in desk.scopes.values():
        bump(scope.account, scope.region, noun)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_scopes_with_the_same_regions_share_a_condition(desk: InventoryRows, admin: User) -> None:
    Account.objects.update(regions=["eu-central-1", "us-east-1"])
    assert str(find_selection(admin, "all", "all").condition()).count("account__in") == 1


def test_the_scope_menu_offers_all(desk: InventoryRows, admin: User, client: Client) -> None:
    shown = page(client, admin, "/demo/eu-central-1/services/")
    assert 'href="/all/all/clusters/"' in shown
    assert 'href="/demo/all/clusters/"' in shown


def _opens(client: Client, user: User, address: str) -> tuple[str, bool]:
    """The page that the user is shown, and whether its services were read for it."""
    client.force_login(user)
    with CaptureQueriesContext(connection) as asked:
        shown = client.get(address).content.decode()
    return shown, any('FROM "services_service"' in each["sql"] for each in asked.captured_queries)


def test_the_rows_of_a_page_are_read_once_for_all_who_see_the_same(
    desk: InventoryRows, users: Users, client: Client
) -> None:
    address = "/demo/eu-central-1/services/"
    first, read = _opens(client, users.admin, address)
    assert read
    again, read = _opens(client, person("another", "admin"), address)
    assert not read
    assert _rows(again) == _rows(first)
    _, read = _opens(client, users.admin, f"{address}?sort=-name")
    assert read
    shown, read = _opens(client, users.deployer, address)
    assert read
    assert "billing" in first
    assert "billing" not in shown


def test_a_change_is_in_the_next_page_that_anybody_opens(desk: InventoryRows, admin: User, client: Client) -> None:
    _opens(client, admin, "/all/all/services/")
    Service.objects.filter(name="web-vault").update(running_count=7, desired_count=9)
    bump(desk.scopes["bank"].account, "eu-central-1", "services")
    shown, _ = _opens(client, admin, "/all/all/services/")
    assert "7/9" in shown


def test_an_account_that_is_marked_otherwise_is_shown_so(desk: InventoryRows, admin: User, client: Client) -> None:
    _opens(client, admin, "/all/all/services/")
    Account.objects.filter(alias="bank").update(environment="staging")
    shown, _ = _opens(client, admin, "/all/all/services/")
    assert "env-staging account-mark" in shown


def _rows(shown: str) -> list[str]:
    return re.findall(r"<tr id=.*?</tr>", shown, re.DOTALL)

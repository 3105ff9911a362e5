"""Two people with the same grants and other columns share what is rendered, and never see each other's columns."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from clusters.models import Cluster
from ecsdash.access.models import User
from ecsdash.access.permissions import Role
from ecsdash.inventory import changes
from ecsdash.inventory.models import Account
from tests.live_tab import Tab, middleware
from tests.users import REGION, make_account, person

pytestmark = pytest.mark.django_db
PATH = f"/demo/{REGION}/clusters/"
COLUMNS = ["name", "status", "services", "running", "pending", "instances", "capacity", "insights", "tags"]


@pytest.fixture
def account() -> Account:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])
    Cluster.objects.create(
        account=account, region=REGION, arn="arn:cluster/shop", name="shop", status="ACTIVE", observed_at=timezone.now()
    )
    return account


def viewer(name: str, *columns: str) -> User:
    """A person who sees everything, and keeps these columns."""
    user = person(name, Role.VIEWER)
    if columns:
        words = {"table": "clusters", "act": "save", "order": COLUMNS, "columns": columns, "next": PATH}
        signed_in(user).post("/preferences/columns/", words)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def headers(page: str) -> list[str]:
    return re.findall(r'<th scope="col"\s+class="[^"]*"[^>]*>(?:<a[^>]*>)?([^<]+)', page)


def test_the_rows_that_a_page_keeps_are_those_of_its_columns(account: Account) -> None:
    people = {viewer("ann", "running"): 2, viewer("bob", "status", "pending", "tags"): 4, viewer("cy"): 9}
    for _ in range(2):  # the second time the rows are those that were written the first time
        for user, number in people.items():
            page = signed_in(user).get(PATH).content.decode()
            assert len(headers(page)) == page.partition("<tbody")[2].count("<td class") - page.count(
                'class="menu-col"><a'
            )
            assert len(headers(page)) == number


def test_polls_of_equal_grants_are_answered_with_the_columns_of_each(account: Account) -> None:
    shared = middleware()
    mine, usual = f"{PATH}?own-columns=name%2Crunning&fragment=clusters", f"{PATH}?fragment=clusters"
    ann, bob, cy = (
        Tab(shared, viewer("ann", "running"), mine),
        Tab(shared, viewer("bob", "tags"), usual),
        Tab(shared, viewer("cy", "pending"), mine),
    )
    Cluster.objects.update(running_tasks_count=42)
    changes.bump(account, REGION, "clusters")
    for tab in (ann, bob, cy):
        tab.read_counters()
    shown = [headers(tab.poll()[1]) for tab in (ann, bob, cy)]
    assert shown[0] == shown[2] == ["Cluster", "Running tasks"]
    assert len(shown[1]) == 9, "what bob keeps is not read for a poll that does not ask with it"

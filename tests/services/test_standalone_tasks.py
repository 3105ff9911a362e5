"""A standalone task belongs to its family: who may see only some services sees the standalone tasks of these names."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.access.permissions import Role
from ecsdash.access.targets import AccessTarget
from ecsdash.inventory.models import SweepState
from services.models import Service, Task
from services.selectors.attention import attention
from services.selectors.search import search
from tests.services.inventory_rows import InventoryRows
from tests.users import ACCOUNT, CLUSTER, REGION, person

pytestmark = pytest.mark.django_db
HERE = f"/{ACCOUNT}/{REGION}/"
OVERRIDES = {"containerOverrides": [{"name": "main", "command": ["print", "the-role-credentials"]}]}


@pytest.fixture
def rows(db: None) -> InventoryRows:
    """Standalone tasks of the own family `web-batch` and of the family `bill-all` of another team, and a failed one."""
    rows = InventoryRows()
    rows.build()
    for family in ("web-batch", "bill-all"):
        described: dict[str, Any] = {"overrides": OVERRIDES, "startedBy": "somebody", "containers": []}
        rows.task("home", f"{family}-now", "", family=family, description=described)
        ended = {"last_status": "STOPPED", "stop_code": "TaskFailedToStart", "stopped_at": timezone.now()}
        rows.task("home", f"{family}-ended", "", family=family, stopped_reason=f"no {family}", **ended)
    return rows


@pytest.fixture
def ann(rows: InventoryRows) -> User:
    return person("ann", Role.VIEWER, account=ACCOUNT, cluster=CLUSTER, service="web-*")


@pytest.fixture
def browser(ann: User, client: Client) -> Client:
    client.force_login(ann)
    return client


LISTS = ["tasks/", "tasks/?show=stopped", "tasks/?show=all", f"clusters/{CLUSTER}/tasks/", "tasks/?show=all&format=csv"]


@pytest.mark.parametrize("address", [*LISTS, "tasks/?show=all&q=bill-all", "tasks/?show=all&sort=family"])
def test_lists_show_no_standalone_task_of_another_family(browser: Client, address: str) -> None:
    answer = browser.get(HERE + address)
    assert answer.status_code == 200
    shown = b"".join(answer) if answer.streaming else answer.content
    assert b"bill-all-" not in shown
    assert (b"web-batch-" in shown) is ("q=" not in address)


def test_pages_fragments_and_logs_of_such_a_task_are_not_found(browser: Client) -> None:
    own, foreign = f"{HERE}tasks/web-batch-now/", f"{HERE}tasks/bill-all-now/"
    page = browser.get(own).content
    assert b"Overrides" in page
    assert b"the-role-credentials" not in page  # hidden for everybody
    for query in ("", "?fragment=task", "?fragment=logs"):
        assert browser.get(foreign + query).status_code == 404
    assert browser.get(f"{foreign}stop/").status_code == 404


def test_neither_the_search_nor_the_overview_shows_it(rows: InventoryRows, ann: User) -> None:
    scope = rows.scopes["home"]
    assert SweepState.objects.filter(account=scope.account).exists()
    assert "bill-all" not in str(search(ann, "bill-all"))
    assert "web-batch" in str(search(ann, "web-batch"))
    told = str(attention(ann, [scope], Service.objects.none()))
    assert "web-batch:1" in told
    assert "bill-all" not in told


def test_the_place_of_a_task_is_its_service_or_else_its_family(rows: InventoryRows) -> None:
    alone, served = Task.objects.get(name="web-batch-now"), rows.task("home", "served", "web-front", family="bill-all")
    assert alone.access_target() == AccessTarget(ACCOUNT, REGION, CLUSTER, "web-batch")
    assert served.access_target() == AccessTarget(ACCOUNT, REGION, CLUSTER, "web-front")


def test_who_sees_the_whole_cluster_sees_all_of_them(rows: InventoryRows, client: Client) -> None:
    client.force_login(person("ben", Role.VIEWER, account=ACCOUNT, cluster=CLUSTER))
    assert b"bill-all-now" in client.get(f"{HERE}tasks/").content

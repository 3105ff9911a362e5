"""However a list is sorted and whatever its reader may see: an index alone gives the keys of a page, in their order."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ecsdash.access.models import User
from ecsdash.access.permissions import Role
from ecsdash.web.tables.pagination import KEY
from tests.services.inventory_rows import InventoryRows
from tests.users import create_grant, person

pytestmark = pytest.mark.django_db
SORTS = {
    "tasks/?show=current": ("account", "region", "status", "cluster", "service", "family", "zone", "started"),
    "tasks/?show=stopped": ("account", "region", "cluster", "service", "family", "stopped"),
    "tasks/?show=all": ("account", "region", "cluster", "service", "family", "started"),
    "deployments/?show=all": ("account", "region", "service", "status", "cluster", "revision", "started"),
}
#: Ways that are shorter as long as there are few rows.
SHORT_CUTS = ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort", "incremental_sort")
#: The planner takes every page of a table for full and visible, as after a vacuum of many rows.
FULL_TABLES = """
    UPDATE pg_class SET relpages = 1, reltuples = 10000, relallvisible = 1
    WHERE relname LIKE 'services%' AND relkind IN ('r', 'i')
"""


@pytest.fixture
def team(db: None) -> User:
    """Who may see what three patterns cover."""
    desk = InventoryRows()
    desk.build()
    desk.task("home", "ended", last_status="STOPPED")
    found = person("team", Role.VIEWER, service="web-*")
    create_grant(Role.VIEWER, "demo", user=found, region="eu-*", cluster="sh*")
    create_grant(Role.VIEWER, "bank", user=found)
    return found


@pytest.mark.parametrize("address", SORTS)
def test_an_index_alone_gives_the_keys_of_a_page(team: User, client: Client, address: str) -> None:
    client.force_login(team)
    for sort in (sign + word for word in SORTS[address] for sign in ("", "-")):
        for plan in plans(client, f"/all/all/{address}&sort={sort}"):
            assert "Index Only Scan" in plan, (sort, plan)
            assert "Sort" not in plan, (sort, plan)


def plans(client: Client, address: str) -> list[str]:
    """How the database looks for the keys of the page."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    looked = [query["sql"] for query in asked.captured_queries if f'AS "{KEY}"' in query["sql"]]
    assert looked
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # statistics of these rows, not of those of earlier tests
        cursor.execute(FULL_TABLES)
        for way in SHORT_CUTS:
            cursor.execute(f"SET LOCAL enable_{way} = off")
        return [_plan(cursor, sql) for sql in looked]


def _plan(cursor, sql: str) -> str:  # type: ignore[no-untyped-def]  # noqa: ANN001
    cursor.execute(f"EXPLAIN {sql}")
    return "\n".join(line for (line,) in cursor.fetchall())

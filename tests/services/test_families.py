"""The list of task definitions: which services use them."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ecsdash.access.models import User
from services.models import TaskDefinition
from tests.services.inventory_rows import InventoryRows
from tests.users import SERVICE

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None) -> InventoryRows:
    desk = InventoryRows()
    desk.build()
    return desk


def test_a_page_names_the_services_of_its_families_and_asks_for_no_others(
    desk: InventoryRows, admin: User, client: Client
) -> None:
    client.force_login(admin)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/demo/eu-central-1/task-definitions/?q={SERVICE}").content.decode()
    assert f'/{SERVICE}/">{SERVICE}</a>' in page
    wanted = next(each["sql"] for each in asked if 'FROM "services_service"' in each["sql"])
    assert f"IN ('{SERVICE}')" in wanted


def test_the_export_names_the_services_of_every_family(desk: InventoryRows, admin: User, client: Client) -> None:
    for number in range(60):
        desk.row(TaskDefinition, "home", f"a{number:02}:1", family=f"a{number:02}", revision=1, status="ACTIVE")
    client.force_login(admin)
    answer = client.get("/demo/eu-central-1/task-definitions/?format=csv")
    lines = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert len(lines) == 62
    assert next(line["Services"] for line in lines if line["Task definition"] == SERVICE) == SERVICE

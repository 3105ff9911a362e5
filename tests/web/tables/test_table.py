import csv
import io
from urllib.parse import urlencode

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from ecsdash.access.models import User
from ecsdash.aws.explain import Explanation
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.rows import Cell
from ecsdash.web.tables.table import Table
from tests.web.guide import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def sixty() -> None:
    User.objects.bulk_create(User(username=f"person-{n:02}", email=f"p{n % 3}@shop.example") for n in range(60))


def get(query: str = "", rows: str = "") -> HttpRequest:
    request = RequestFactory().get(f"/guide/people/{query}")
    if rows:
        request.COOKIES["rows"] = rows
    return request


def names(table: Table) -> list[str]:
    return [row.record.username for row in table.rows]


@pytest.mark.usefixtures("sixty")
def test_a_page_holds_as_many_rows_as_the_person_chose() -> None:
    assert len(people(get()).rows) == 50
    assert len(people(get(rows="25")).rows) == 25
    assert len(people(get(rows="1000000")).rows) == 50


@pytest.mark.usefixtures("sixty")
def test_the_url_sorts_rows_by_sortable_columns_only() -> None:
    assert names(people(get("?sort=-username")))[0] == "person-59"
    assert names(people(get("?sort=password")))[0] == "person-00"
    assert names(people(get("?sort=state")))[0] == "person-00"


@pytest.mark.usefixtures("sixty")
def test_a_header_reverses_its_order_and_leads_to_the_first_page() -> None:
    header = people(get("?sort=username&at=x&q=person")).headers[0]
    assert (header.direction, header.url) == ("ascending", "/guide/people/?sort=-username&q=person")
    assert people(get("?sort=-username")).headers[0].direction == "descending"
    assert people(get()).headers[1].url == ""


@pytest.mark.usefixtures("sixty")
def test_a_filter_reduces_the_rows_and_both_numbers_are_counted() -> None:
    table = people(get("?q=email:p1@ person-0"))
    assert names(table) == ["person-01", "person-04", "person-07"]
    assert (table.count, table.total) == (3, 60)


def test_an_empty_value_is_a_dash_and_zero_is_not() -> None:
    email, number = Column("email", "Email"), Column("id", "Number")
    assert [Cell(email, "").shown, Cell(email, None).shown, Cell(number, 0).shown] == ["—", "—", 0]


@pytest.mark.parametrize("at", ["0", "two", "²", "\0", "WyJwZW9wbGUiXQ:forged"])
@pytest.mark.usefixtures("sixty")
def test_an_invalid_cursor_leads_to_the_first_page(at: str) -> None:
    assert names(people(get(f"?{urlencode({'at': at})}")))[0] == "person-00"


@pytest.mark.usefixtures("sixty")
def test_pages_link_to_each_other() -> None:
    first = people(get())
    second = people(get(first.next_url.removeprefix("/guide/people/")))
    assert (first.previous_url, first.first, first.last) == ("", 1, 50)
    assert (second.first, second.last, second.next_url) == (51, 60, "")
    assert second.previous_url == "/guide/people/"


@pytest.mark.usefixtures("sixty")
def test_a_cursor_of_another_order_leads_to_the_first_page() -> None:
    at = people(get()).page.next
    assert names(people(get(f"?sort=-username&at={at}")))[0] == "person-59"
    assert names(people(get(f"?sort=date_joined&at={at}"))) == names(people(get("?sort=date_joined")))


@pytest.mark.usefixtures("sixty")
def test_a_page_costs_three_queries_however_many_rows_there_are(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    table = people(get())
    with django_assert_num_queries(3):
        assert table.state == "rows"
        assert table.total == 60
        assert len(table.rows) == 50


def test_empty_filtered_loading_and_error_are_different_states() -> None:
    assert people(get()).state == "empty"
    assert people(get(), loading=True).state == "loading"
    assert people(get(), error=Explanation("x", "", "", "")).state == "error"
    User.objects.create(username="one")
    assert people(get("?q=nobody")).state == "filtered"
    assert people(get(), loading=True).state == "rows"


@pytest.mark.usefixtures("guide")
def test_csv_has_every_matching_row_and_no_formula(client: Client, sixty: None) -> None:
    User.objects.create(username='=cmd|"/c calc"!A1')
    answer = client.get("/guide/people/?format=csv&q=")
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode())))
    assert lines[0] == ["User", "State", "Email", "Number", "Joined"]
    assert len(lines) == 62
    assert """'=cmd|"/c calc"!A1""" in {line[0] for line in lines}
    assert answer["Content-Disposition"] == 'attachment; filename="people.csv"'


@pytest.mark.usefixtures("guide")
def test_hostile_names_are_shown_as_text(client: Client) -> None:
    User.objects.create(username="<script>alert(1)</script>", email='"><img src=x>')
    page = client.get("/guide/people/?q=<svg onload=alert(1)>").content.decode()
    page += client.get("/guide/people/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "<svg onload" not in page


@pytest.mark.usefixtures("guide")
def test_the_sort_order_is_marked_for_screen_readers(client: Client, sixty: None) -> None:
    page = client.get("/guide/people/?sort=-email&q=person-1").content.decode()
    assert 'aria-sort="descending"' in page
    assert "(10 of 60)" in page

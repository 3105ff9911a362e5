from typing import Any

import pytest
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.safestring import SafeString, mark_safe

from ecsdash.access.models import User
from ecsdash.web.polling.counters import Version
from ecsdash.web.tables import cells
from ecsdash.web.tables.columns import Bulk, Column
from ecsdash.web.tables.table import RENDERED, Table

pytestmark = pytest.mark.django_db
HOSTILE = "<b>&\"'"
ESCAPED = "&lt;b&gt;&amp;&quot;&#x27;"


def rendered(*columns: Column, **more: Any) -> str:
    request: HttpRequest = RequestFactory().get("/people/?q=b&at=x")
    table = Table(request, User.objects.all(), columns, name="people", title="People", order="username", **more)
    return Template("{% load web_parts %}{% table_rows table %}").render(Context({"table": table, "request": request}))


@pytest.fixture
def person() -> User:
    return User.objects.create(username=HOSTILE)


@pytest.mark.usefixtures("person")
def test_the_result_of_a_cell_function_is_escaped_unless_marked_safe() -> None:
    plain = Column("username", "Name", cell=lambda row, value: f"{row.pk is None}{value}")
    safe = Column("username", "Name", cell=lambda row, value: mark_safe("<i>safe</i>"))
    page = rendered(plain, safe, Column("username", "Name"))
    assert f'<td class="start">False{ESCAPED}</td>' in page
    assert f'<td class="start"><i>safe</i></td><td class="start">{ESCAPED}</td>' in page


@pytest.mark.usefixtures("person")
def test_urls_and_keys_of_a_row_are_escaped() -> None:
    page = rendered(
        Column("username", "Name"),
        row_url=lambda row: f"/people/{row.username}",
        row_key=lambda row: row.username,
        row_menu="menu.html",
        bulk=[Bulk("Stop", "/stop/")],
    )
    assert "<b>" not in page
    assert f'<a class="row-link" href="/people/{ESCAPED}" data-row-link>{ESCAPED}</a>' in page
    assert 'data-menu="/people/?q=b&amp;menu=%3Cb%3E%26%22%27"' in page
    assert f'name="row" value="{ESCAPED}" form="people-bulk"' in page


def test_rows_are_rendered_once_for_each_version_and_only_the_newest_are_cached(person: User) -> None:
    def page(version: int) -> str:
        request: HttpRequest = RequestFactory().get("/people/")
        request.user = person
        columns = [Column("username", "Name"), Column("first_name", "First")]
        counted = Version.of({"people": version})
        people = User.objects.all()
        found = Table(request, people, columns, name="kept", title="People", order="username", version=counted)
        return Template("{% load web_parts %}{% table_rows table %}").render(Context({"table": found}))

    before = len(RENDERED._items)
    assert "Ann" not in page(1)
    User.objects.update(first_name="Ann")
    assert "Ann" not in page(1), "no change of the counter"
    assert "Ann" in page(2)
    assert len(RENDERED._items) == before + 1


@pytest.mark.usefixtures("person")
def test_an_empty_value_is_a_dash_and_priorities_become_css_classes() -> None:
    page = rendered(Column("email", "Email", priority=3), Column("n", "N", value=lambda row: 1234.5, align="end"))
    assert '<td class="start p3">—</td><td class="end">1234.5</td>' in page


def test_shared_cell_functions_escape_their_input() -> None:
    ready = [cells.mono(None, HOSTILE), cells.beginning(HOSTILE, 3), cells.muted(HOSTILE)]
    assert all(isinstance(each, SafeString) and "<b>" not in each for each in ready)
    assert ">&lt;b…</span>" in cells.beginning(HOSTILE, 3)

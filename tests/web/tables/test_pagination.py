"""Keyset pagination over a column with equal values and NULLs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Q, QuerySet
from pytest_django import DjangoAssertNumQueries

from ecsdash.access.models import User
from ecsdash.web.polling.counters import Version
from ecsdash.web.tables import counts, pagination
from ecsdash.web.tables.pagination import Cursor, Order

pytestmark = pytest.mark.django_db
PARTITIONED = Order("people", "first_name", partitions=tuple(Q(first_name=f"n{n}") for n in range(8)))
ORDERS = [
    *(
        Order("people", path, descending)
        for path in ("last_login", "first_name", "username", "")
        for descending in (False, True)
    ),
    *(PARTITIONED, PARTITIONED.reverse),
]

V1, V2 = Version.of({"people": 1}), Version.of({"people": 2})


@pytest.fixture(autouse=True)
def people() -> None:
    """23 users: seven never signed in, two share each sign-in time, three share each first name."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    User.objects.bulk_create(
        User(username=f"p{n:02}", first_name=f"n{n % 8}", last_login=None if n % 3 == 0 else began + timedelta(n // 2))
        for n in range(23)
    )


def rows() -> QuerySet[User]:
    return User.objects.all()


def forwards(order: Order, size: int) -> Iterator[pagination.Page]:
    page = pagination.page(rows(), order, size)
    yield page
    while page.next:
        page = pagination.page(rows(), order, size, page.next)
        yield page


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("size", [1, 4, 23])
def test_the_pages_hold_every_row_once_and_in_order(order: Order, size: int) -> None:
    found = [row.pk for page in forwards(order, size) for row in page.rows]
    assert found == [row.pk for row in order.sorted(rows())]
    assert len(set(found)) == 23


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_going_back_shows_the_same_pages(order: Order) -> None:
    there = list(forwards(order, 5))
    page, back = there[-1], [there[-1]]
    while page.previous:
        page = pagination.page(rows(), order, 5, page.previous)
        back.append(page)
    shown = [([row.pk for row in page.rows], page.start) for page in reversed(back)]
    assert shown == [([row.pk for row in page.rows], page.start) for page in there]


def test_rows_that_come_and_go_elsewhere_do_not_move_a_page() -> None:
    order = Order("people", "username")
    second = pagination.page(rows(), order, 5, pagination.page(rows(), order, 5).next)
    at = pagination.page(rows(), order, 5).next
    User.objects.filter(username__in=["p00", "p04"]).delete()
    User.objects.create(username="p000")
    assert [row.username for row in pagination.page(rows(), order, 5, at).rows] == [row.username for row in second.rows]


def test_going_back_to_the_first_page_shows_a_full_page() -> None:
    order = Order("people", "username")
    second = pagination.page(rows(), order, 5, pagination.page(rows(), order, 5).next)
    User.objects.filter(username__in=["p01", "p02"]).delete()
    first = pagination.page(rows(), order, 5, second.previous)
    assert [row.username for row in first.rows] == ["p00", "p03", "p04", "p05", "p06"]
    assert first.previous == ""


def test_a_page_after_the_last_row_is_the_first_page() -> None:
    order = Order("people", "username")
    at = Cursor("zzz", 10**9, 23).signed(order)
    assert pagination.page(rows(), order, 5, at).rows[0].username == "p00"


def test_a_later_page_reads_no_row_before_it(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    order = Order("people", "username")
    at = pagination.page(rows(), order, 20).next
    with django_assert_num_queries(2) as asked:
        assert [row.username for row in pagination.page(rows(), order, 20, at).rows] == ["p20", "p21", "p22"]
    assert "OFFSET" not in asked.captured_queries[0]["sql"]


def test_a_number_is_counted_once_for_a_version(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        assert [counts.count(rows(), V1), counts.count(rows(), V1), counts.count(rows(), V2)] == [23, 23, 23]


def test_each_query_has_its_own_count() -> None:
    assert counts.count(rows(), V1) == 23
    assert counts.count(rows().filter(username="p07"), V1) == 1
    assert counts.count(rows().none(), V1) == 0


def test_rows_are_counted_up_to_the_limit() -> None:
    assert counts.count(rows(), limit=10) == 11
    assert [counts.text(11, 10), counts.text(10, 10), counts.text(100_000)] == ["10+", "10", "100,000"]

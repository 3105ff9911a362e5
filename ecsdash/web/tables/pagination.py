"""Keyset pagination: a page's URL names the row after which it begins, so every page costs as much as the first.

Rows are ordered by one ORM path and then by primary key, both in the same direction. NULL sorts as the greatest value
on PostgreSQL and SQLite alike, so that an index on (path, primary key) serves both directions. A first query reads only
the keys of a page, from an index that also holds what the permission condition needs; a second one reads the rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self, cast
from uuid import UUID

from django.core import signing
from django.db.models import F, Field, Q, QuerySet

KEY = "page_key"
Key = tuple[Any, Any]  # (value that a row is ordered by, primary key)
SIGNER = signing.Signer(salt="ecsdash.web.tables.pagination")


@dataclass(frozen=True)
class Order:
    """`table` is part of the signed cursor, so that a cursor of one table is invalid for another.

    `partitions` are conditions of which each row meets exactly one. All rows of the first come before those of the
    second. They replace an index on `path` where there is only an index on (column of the condition, primary key).
    """

    table: str
    path: str
    descending: bool = False
    partitions: tuple[Q, ...] = field(default=(Q(),), compare=False)

    @property
    def reverse(self) -> "Order":
        return replace(self, descending=not self.descending, partitions=self.partitions[::-1])

    def sorted(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.path in ("", "pk"):
            return rows.order_by("-pk" if self.descending else "pk")
        key = F(self.path)
        first = key.desc(nulls_first=True) if self.descending else key.asc(nulls_last=True)
        return rows.order_by(first, "-pk" if self.descending else "pk")


@dataclass(frozen=True)
class Cursor:
    """The row after which a page begins or, with `back`, before which it ends. `start` rows come before it."""

    value: Any
    pk: Any
    start: int
    back: bool = False

    def signed(self, order: Order) -> str:
        position = [_json_value(self.value), _json_value(self.pk), self.start, self.back]
        return SIGNER.sign_object([order.table, order.path, order.descending, *position])

    @classmethod
    def read(cls, text: str, order: Order) -> Self | None:
        """Return the cursor in a signed text; None when it was not signed by us for this table and order."""
        try:
            table, path, descending, value, pk, start, back = SIGNER.unsign_object(text)
        except (signing.BadSignature, ValueError):
            return None
        return cls(value, pk, start, back) if Order(table, path, descending) == order else None


@dataclass(frozen=True)
class PagePosition:
    """`number` rows from row `start` on. `previous` and `next` are signed cursors; empty where there is no page."""

    start: int
    number: int
    previous: str
    next: str


@dataclass(frozen=True)
class Page(PagePosition):
    rows: list[Any]


def page(rows: QuerySet[Any], order: Order, size: int, at: str = "") -> Page:
    """Return the page at a signed cursor; the first page when the cursor is invalid or no row is left there."""
    keyed = rows.annotate(**{KEY: F(order.path or "pk")})
    cursor = Cursor.read(at, order) if at else None
    found = _keys(keyed, order, size, cursor)
    if cursor and (len(found) <= size if cursor.back else not found):
        cursor, found = None, _keys(keyed, order, size, None)
    more, found = len(found) > size, found[:size]
    if cursor and cursor.back:
        found.reverse()
        start = max(0, cursor.start - len(found))
        before = _signed_cursor(found[0], order, start, back=True)
        after = _signed_cursor(found[-1], order, start + len(found))
        return Page(start, len(found), before, after, _rows(rows, found))
    start = cursor.start if cursor else 0
    previous = _signed_cursor(found[0], order, start, back=True) if cursor else ""
    after = _signed_cursor(found[-1], order, start + len(found)) if more else ""
    return Page(start, len(found), previous, after, _rows(rows, found))


def _signed_cursor(key: Key, order: Order, start: int, *, back: bool = False) -> str:
    return Cursor(*key, start, back).signed(order)


def _keys(keyed: QuerySet[Any], order: Order, size: int, cursor: Cursor | None) -> list[Key]:
    """Return the keys of `size` + 1 rows, in the direction of the cursor."""
    read_order = order.reverse if cursor and cursor.back else order
    found: list[Key] = []
    for condition in _ranges(keyed, read_order, cursor):
        for partition in read_order.partitions:
            if wanted := size + 1 - len(found):
                found += read_order.sorted(keyed.filter(partition & condition)).values_list(KEY, "pk")[:wanted]
    return found


def _rows(rows: QuerySet[Any], found: list[Key]) -> list[Any]:
    """Return the rows with these keys, in their order, without those deleted or hidden from the viewer meanwhile."""
    by_key = {row.pk: row for row in rows.order_by().filter(pk__in=[pk for _, pk in found])} if found else {}
    return [by_key[pk] for _, pk in found if pk in by_key]


def _ranges(rows: QuerySet[Any], order: Order, cursor: Cursor | None) -> Iterator[Q]:
    """Yield, in order, the conditions that together cover all rows after the cursor. Each is one range of an index."""
    if cursor is None:
        yield Q()
        return
    field = rows.query.annotations[KEY].output_field
    after = "lt" if order.descending else "gt"
    pk = rows.model._meta.pk.to_python(cursor.pk)
    if cursor.value is None:
        yield Q(**{f"{KEY}__isnull": True, f"pk__{after}": pk})
        if order.descending:
            yield Q(**{f"{KEY}__isnull": False})
        return
    value = _field_value(field, cursor.value)
    if not (field.unique and field.model is rows.model):
        yield Q(**{KEY: value, f"pk__{after}": pk})
    yield Q(**{f"{KEY}__{after}": value})
    if not order.descending and field.null:
        yield Q(**{f"{KEY}__isnull": True})


def _field_value(field: "Field[Any, Any]", value: Any) -> Any:
    return cast(Any, field.to_python(value))


def _json_value(value: Any) -> Any:
    """Return the value in a form that JSON can hold. The field's `to_python` reverses it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value

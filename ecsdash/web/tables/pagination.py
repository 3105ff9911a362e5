"""Pages by key: the address says after which row a page begins, so every page costs what the first one does.

Rows are ordered by one path of the ORM and by primary key, in the same direction. No value counts as the greatest, on
PostgreSQL and SQLite alike, and indexes on (path, primary key) serve both directions. The keys of a page are looked for
alone, so that an index which also holds what decides who may see a row is all that is read, and then the rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self, cast
from uuid import UUID

from django.core import signing
from django.db.models import F, Field, Q, QuerySet

KEY = "page_key"
Key = tuple[Any, Any]  # what a row is ordered by, and its primary key
SIGNER = signing.Signer(salt="ecsdash.web.tables.pagination")


@dataclass(frozen=True)
class Order:
    """`table` is only for the cursor: what was signed for one table means nothing to another.

    `turns` are conditions of which each row fulfils one, in the order of the path: the rows of the first come before
    those of the second. For a path of which there is no index, but one on (what a turn asks for, primary key).
    """

    table: str
    path: str
    down: bool = False
    turns: tuple[Q, ...] = field(default=(Q(),), compare=False)

    @property
    def reverse(self) -> "Order":
        return replace(self, down=not self.down, turns=self.turns[::-1])

    def sorted(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.path in ("", "pk"):
            return rows.order_by("-pk" if self.down else "pk")
        key = F(self.path)
        first = key.desc(nulls_first=True) if self.down else key.asc(nulls_last=True)
        return rows.order_by(first, "-pk" if self.down else "pk")


@dataclass(frozen=True)
class Cursor:
    """The row that a page begins after, or (`back`) that it ends before; `start` is how many rows lie before it."""

    value: Any
    pk: Any
    start: int
    back: bool = False

    def signed(self, order: Order) -> str:
        told = [order.table, order.path, order.down, _plain(self.value), _plain(self.pk), self.start, self.back]
        return SIGNER.sign_object(told)

    @classmethod
    def read(cls, text: str, order: Order) -> Self | None:
        """None when it was not made by us for this table and order: that is the first page."""
        try:
            table, path, down, value, pk, start, back = SIGNER.unsign_object(text)
        except (signing.BadSignature, ValueError):
            return None
        return cls(value, pk, start, back) if Order(table, path, down) == order else None


@dataclass(frozen=True)
class Span:
    """So many rows from `start` on; the cursors are empty where there is nothing more."""

    start: int
    number: int
    previous: str
    next: str


@dataclass(frozen=True)
class Page(Span):
    rows: list[Any]


def page(rows: QuerySet[Any], order: Order, size: int, at: str = "") -> Page:
    """A cursor that leads nowhere (any more) leads to the first page."""
    keyed = rows.annotate(**{KEY: F(order.path or "pk")})
    cursor = Cursor.read(at, order) if at else None
    found = _fetch(keyed, order, size, cursor)
    if cursor and (len(found) <= size if cursor.back else not found):
        cursor, found = None, _fetch(keyed, order, size, None)
    more, found = len(found) > size, found[:size]
    if cursor and cursor.back:
        found.reverse()
        start = max(0, cursor.start - len(found))
        before, after = _at(found[0], order, start, back=True), _at(found[-1], order, start + len(found))
        return Page(start, len(found), before, after, _rows(rows, found))
    start = cursor.start if cursor else 0
    previous = _at(found[0], order, start, back=True) if cursor else ""
    after = _at(found[-1], order, start + len(found)) if more else ""
    return Page(start, len(found), previous, after, _rows(rows, found))


def _at(key: Key, order: Order, start: int, *, back: bool = False) -> str:
    return Cursor(*key, start, back).signed(order)


def _fetch(keyed: QuerySet[Any], order: Order, size: int, cursor: Cursor | None) -> list[Key]:
    """The keys of one row more than a page holds, in the direction of the cursor."""
    towards = order.reverse if cursor and cursor.back else order
    found: list[Key] = []
    for condition in _parts(keyed, towards, cursor):
        for turn in towards.turns:
            if wanted := size + 1 - len(found):
                found += towards.sorted(keyed.filter(turn & condition)).values_list(KEY, "pk")[:wanted]
    return found


def _rows(rows: QuerySet[Any], found: list[Key]) -> list[Any]:
    """The rows of these keys, in their order. One that went meanwhile, or may be seen no more, is left out."""
    by_key = {row.pk: row for row in rows.order_by().filter(pk__in=[pk for _, pk in found])} if found else {}
    return [by_key[pk] for _, pk in found if pk in by_key]


def _parts(rows: QuerySet[Any], order: Order, cursor: Cursor | None) -> Iterator[Q]:
    """The conditions, in order, that lead from the cursor to the end: each is a range that an index can find."""
    if cursor is None:
        yield Q()
        return
    field = rows.query.annotations[KEY].output_field
    after = "lt" if order.down else "gt"
    pk = rows.model._meta.pk.to_python(cursor.pk)
    if cursor.value is None:
        yield Q(**{f"{KEY}__isnull": True, f"pk__{after}": pk})
        if order.down:
            yield Q(**{f"{KEY}__isnull": False})
        return
    value = _typed(field, cursor.value)
    if not (field.unique and field.model is rows.model):
        yield Q(**{KEY: value, f"pk__{after}": pk})
    yield Q(**{f"{KEY}__{after}": value})
    if not order.down and field.null:
        yield Q(**{f"{KEY}__isnull": True})


def _typed(field: "Field[Any, Any]", value: Any) -> Any:
    return cast(Any, field.to_python(value))


def _plain(value: Any) -> Any:
    """As JSON has it; the field reads it back."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value

"""How many rows a list has, at a cost that does not grow with the store."""

import hashlib
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from ecsdash.web import best_effort_cache
from ecsdash.web.polling.counters import Version

KEPT_SECONDS = 600
#: Of the rows that a filter finds, no more are counted.
FILTERED_MOST = 1000


def count(rows: QuerySet[Any], version: Version | None = None, most: int = 0) -> int:
    """The number of rows, or `most` + 1 when there are more.

    With a version it is kept, for everybody with the same query: what somebody may see is part of the query.
    """
    bounded = rows.order_by()[: most + 1] if most else rows.order_by()
    key = _key(bounded, str(version)) if version else ""
    known = best_effort_cache.get(key) if key else None
    if isinstance(known, int):
        return known
    number: int = bounded.count()
    if key:
        best_effort_cache.set(key, number, KEPT_SECONDS)
    return number


def words(number: int, most: int = 0) -> str:
    return f"{most:,}+" if most and number > most else f"{number:,}"


def _key(rows: QuerySet[Any], version: str) -> str:
    try:
        sql, values = rows.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return ""
    return "count:" + hashlib.sha256(f"{sql}\0{values!r}\0{version}".encode()).hexdigest()

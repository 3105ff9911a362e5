"""The number of rows of a list, cached or limited so that large lists stay fast."""

import hashlib
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from ecsdash.web import best_effort_cache
from ecsdash.web.polling.counters import Version

CACHE_SECONDS = 600
#: Rows that match a filter are counted up to this number.
MAX_FILTERED = 1000


def count(rows: QuerySet[Any], version: Version | None = None, limit: int = 0) -> int:
    """Return the number of rows, or `limit` + 1 when there are more.

    With a version the number is cached for everybody with the same query, which includes the permission condition.
    """
    limited = rows.order_by()[: limit + 1] if limit else rows.order_by()
    key = _cache_key(limited, str(version)) if version else ""
    cached = best_effort_cache.get(key) if key else None
    if isinstance(cached, int):
        return cached
    number: int = limited.count()
    if key:
        best_effort_cache.set(key, number, CACHE_SECONDS)
    return number


def text(number: int, limit: int = 0) -> str:
    """Return the number as shown above a table: `1,234`, or `1,000+` above the limit."""
    return f"{limit:,}+" if limit and number > limit else f"{number:,}"


def _cache_key(rows: QuerySet[Any], version: str) -> str:
    """Return the key of a query and version; empty when the query can have no rows."""
    try:
        sql, values = rows.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return ""
    return "count:" + hashlib.sha256(f"{sql}\0{values!r}\0{version}".encode()).hexdigest()

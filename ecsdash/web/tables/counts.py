"""How many rows a list has, at a cost that does not grow with the store."""

import hashlib
from typing import Any

import structlog
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

KEPT_SECONDS = 600
#: Of the rows that a filter finds, no more are counted.
FILTERED_MOST = 1000

log = structlog.get_logger(__name__)


def count(rows: QuerySet[Any], version: str = "", most: int = 0) -> int:
    """The number of rows, or `most` + 1 when there are more.

    With a version it is kept, for everybody with the same query: what somebody may see is part of the query.
    """
    bounded = rows.order_by()[: most + 1] if most else rows.order_by()
    key = _key(bounded, version) if version else ""
    known = _kept(key) if key else None
    if known is not None:
        return known
    found = bounded.count()
    if key:
        _keep(key, found)
    return found


def words(number: int, most: int = 0) -> str:
    return f"{most:,}+" if most and number > most else f"{number:,}"


def _key(rows: QuerySet[Any], version: str) -> str:
    try:
        sql, values = rows.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return ""
    return "count:" + hashlib.sha256(f"{sql}\0{values!r}\0{version}".encode()).hexdigest()


def _kept(key: str) -> int | None:
    try:
        found = cache.get(key)
    except Exception as error:  # the cache is a help, not a need: lists must open without it
        log.warning("cache_unavailable", error=str(error))
        return None
    return found if isinstance(found, int) else None


def _keep(key: str, number: int) -> None:
    try:
        cache.set(key, number, KEPT_SECONDS)
    except Exception as error:
        log.warning("cache_unavailable", error=str(error))

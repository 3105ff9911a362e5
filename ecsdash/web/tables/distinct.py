"""The values of a column, read from its index by leaps: the cost grows with their number, not with that of the rows."""

from typing import Any

from django.db import connection
from django.db.models import Model

_LEAPS = """
    WITH RECURSIVE leap (value) AS (
        SELECT min({column}) FROM {table}
        UNION ALL
        SELECT (SELECT min({column}) FROM {table} WHERE {column} > leap.value) FROM leap WHERE leap.value IS NOT NULL
    )
    SELECT value FROM leap WHERE value IS NOT NULL
"""


def values(model: type[Model], name: str) -> dict[str, Any]:
    """By what is shown: each stands for itself. The column must be the first of an index."""
    quote = connection.ops.quote_name
    table, column = quote(model._meta.db_table), quote(name)
    with connection.cursor() as cursor:
        cursor.execute(_LEAPS.format(table=table, column=column))
        return {value: value for (value,) in cursor.fetchall()}

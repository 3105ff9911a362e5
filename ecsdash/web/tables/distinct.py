"""The distinct values of a column by a loose index scan: its cost grows with the number of values, not of rows."""

from typing import Any

from django.db import connection
from django.db.models import Model

#: PostgreSQL has no loose index scan of its own; a recursive query reads the next greater value from the index.
_LOOSE_INDEX_SCAN = """
    WITH RECURSIVE distinct_values (value) AS (
        SELECT min({column}) FROM {table}
        UNION ALL
        SELECT (SELECT min({column}) FROM {table} WHERE {column} > distinct_values.value)
        FROM distinct_values WHERE distinct_values.value IS NOT NULL
    )
    SELECT value FROM distinct_values WHERE value IS NOT NULL
"""


def values(model: type[Model], name: str) -> dict[str, Any]:
    """Return the distinct values of a column as the `values` of a ValueSet: label -> value, here the same text.

    The column must be the first one of an index.
    """
    quote = connection.ops.quote_name
    table, column = quote(model._meta.db_table), quote(name)
    with connection.cursor() as cursor:
        cursor.execute(_LOOSE_INDEX_SCAN.format(table=table, column=column))
        return {value: value for (value,) in cursor.fetchall()}

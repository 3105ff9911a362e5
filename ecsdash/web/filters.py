"""The words of a filter box: `web status:RUNNING cluster:"shop eu"`. A column takes several values: `status:A,B`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from django.db.models import Q

NONE: Final[Mapping[str, str]] = MappingProxyType({})
WORD = re.compile(r"""(?:(?P<column>[\w.-]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))""")


def condition(text: str, columns: Mapping[str, str], search: Sequence[str], indexed: Mapping[str, str] = NONE) -> Q:
    """All words must match. A word before a colon that is no column (as in an ARN) is searched as it stands.

    `indexed` names, for the path of a column, that of an indexed text which holds its value among others: what matches
    the column matches the text too, and the index then finds the few rows in which the column is worth a look.
    """
    found = Q()
    for column, value in words(text, columns):
        values = value.split(",") if column else [value]
        found &= _any([columns[column]] if column else search, values)
        if column and columns[column] in indexed:
            found &= _any([indexed[columns[column]]], values)
    return found


def words(text: str, columns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for match in WORD.finditer(text.replace("\0", "")):
        column, value = match["column"] or "", match["quoted"] if match["quoted"] is not None else match["plain"]
        if column and column not in columns:
            column, value = "", match[0].replace('"', "")
        if value:
            yield column, value


def _any(paths: Sequence[str], values: Sequence[str]) -> Q:
    found = Q()
    for path in paths:
        for value in values:
            found |= Q(**{f"{path}__icontains": value}) if value else Q()
    return found

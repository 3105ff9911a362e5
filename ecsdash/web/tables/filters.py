"""Parser of table filters: `web status:RUNNING cluster:"shop eu"`. A column takes several values: `status:A,B`."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Q

NO_PATHS: Final[Mapping[str, str]] = MappingProxyType({})
#: Longer filters are refused: SQLite accepts no condition with a thousand parts.
MAX_CHARACTERS: Final = 1000
MAX_TERMS: Final = 50
TERM = re.compile(r"""(?:(?P<column>[\w.-]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))""")


@dataclass(frozen=True)
class ValueSet:
    """All values of a column that has a small number of them: label shown in the table -> value stored at `path`.

    A filter term selects values by their label and the query compares for equality, which is fast for common and rare
    values alike. `sort_by_value`: sort the rows by reading one value after the other, in the order of the labels,
    because no index holds the labels.
    """

    path: str
    values: Callable[[], Mapping[str, Any]]
    sort_by_value: bool = False

    def condition(self, terms: Sequence[str]) -> Q:
        """Return the condition that the value's label contains one of the terms."""
        wanted = [term.upper() for term in terms if term]
        found = [value for label, value in self.values().items() if any(term in label.upper() for term in wanted)]
        return Q(**{f"{self.path}__in": found}) if wanted else Q()

    def partitions(self, label_path: str) -> Iterator[Q]:
        """Yield one condition for each value, in the order of the labels."""
        for label, value in sorted(self.values().items()):
            yield Q(**{self.path: value, label_path: label})


NO_VALUE_SETS: Final[Mapping[str, ValueSet]] = MappingProxyType({})


def condition(
    text: str,
    columns: Mapping[str, str],
    search: Sequence[str],
    indexed: Mapping[str, str] = NO_PATHS,
    value_sets: Mapping[str, ValueSet] = NO_VALUE_SETS,
) -> Q:
    """Return the condition of a filter: every term must match. A term with an unknown column before its colon (such as
    an ARN) is searched for as plain text.

    `indexed` maps a column's path to the path of an indexed text that contains the column's value among others. Each
    match is also required in that text, so that PostgreSQL can narrow the rows by the index first.
    """
    found = Q()
    for column, value in terms(text, columns):
        values = value.split(",") if column else [value]
        if column in value_sets:
            found &= value_sets[column].condition(values)
            continue
        found &= _any([columns[column]] if column else search, values)
        if column and columns[column] in indexed:
            found &= _any([indexed[columns[column]]], values)
    return found


def objection(text: str, columns: Mapping[str, str]) -> str:
    """Return why a filter is refused; empty when it is not."""
    if len(text) > MAX_CHARACTERS:
        return f"The filter has {len(text):,} characters, at most {MAX_CHARACTERS:,} are allowed. Shorten it."
    number = sum(value.count(",") + 1 if column else 1 for column, value in terms(text, columns))
    if number > MAX_TERMS:
        return f"The filter has {number:,} words, at most {MAX_TERMS} are allowed. Shorten it."
    return ""


def terms(text: str, columns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the (column, value) pairs of a filter. The column is empty for a plain term."""
    for match in TERM.finditer(text.replace("\0", "")):
        column, value = match["column"] or "", match["quoted"] if match["quoted"] is not None else match["plain"]
        if column and column not in columns:
            column, value = "", match[0].replace('"', "")
        if value:
            yield column, value


def _any(paths: Sequence[str], values: Sequence[str]) -> Q:
    """Return the condition that one of the paths contains one of the values."""
    found = Q()
    for path in paths:
        for value in values:
            found |= Q(**{f"{path}__icontains": value}) if value else Q()
    return found

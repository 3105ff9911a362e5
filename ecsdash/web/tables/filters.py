"""The words of a filter box: `web status:RUNNING cluster:"shop eu"`. A column takes several values: `status:A,B`."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Q

NONE: Final[Mapping[str, str]] = MappingProxyType({})
#: A filter of more characters, or of more words and values, is not read: SQLite takes no condition of a thousand parts.
MOST_CHARACTERS: Final = 1000
MOST_WORDS: Final = 50
WORD = re.compile(r"""(?:(?P<column>[\w.-]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))""")


@dataclass(frozen=True)
class Few:
    """The few values that a column can have: what stands at `path`, by what is shown.

    A filter word chooses among them, and the database finds equal values, which it does well, whether many rows have
    them or none. `in_turn`: the rows are sorted by taking the values in turn, since no index has what is shown.
    """

    path: str
    values: Callable[[], Mapping[str, Any]]
    in_turn: bool = False

    def chosen(self, words: Sequence[str]) -> Q:
        wanted = [word.upper() for word in words if word]
        found = [value for shown, value in self.values().items() if any(word in shown.upper() for word in wanted)]
        return Q(**{f"{self.path}__in": found}) if wanted else Q()

    def turns(self, shown_path: str) -> Iterator[Q]:
        for shown, value in sorted(self.values().items()):
            yield Q(**{self.path: value, shown_path: shown})


NO_FEW: Final[Mapping[str, Few]] = MappingProxyType({})


def condition(
    text: str,
    columns: Mapping[str, str],
    search: Sequence[str],
    indexed: Mapping[str, str] = NONE,
    few: Mapping[str, Few] = NO_FEW,
) -> Q:
    """All words must match. A word before a colon that is no column (as in an ARN) is searched as it stands.

    `indexed` names, for the path of a column, that of an indexed text which holds its value among others: what matches
    the column matches the text too, and the index then finds the few rows in which the column is worth a look.
    """
    found = Q()
    for column, value in words(text, columns):
        values = value.split(",") if column else [value]
        if column in few:
            found &= few[column].chosen(values)
            continue
        found &= _any([columns[column]] if column else search, values)
        if column and columns[column] in indexed:
            found &= _any([indexed[columns[column]]], values)
    return found


def objection(text: str, columns: Mapping[str, str]) -> str:
    """Return why a filter is not read, empty when it is."""
    if len(text) > MOST_CHARACTERS:
        return f"The filter has {len(text):,} characters, at most {MOST_CHARACTERS:,} are allowed. Shorten it."
    number = sum(value.count(",") + 1 if column else 1 for column, value in words(text, columns))
    if number > MOST_WORDS:
        return f"The filter has {number:,} words, at most {MOST_WORDS} are allowed. Shorten it."
    return ""


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

"""Which columns of a table a person sees, and in which order.

A choice is a list of column keys in order, with `-` before those that are hidden. Columns that it does not name (of
another page with the same table, or of a newer release) stay at their usual place. `?columns=name,status` in an address
shows exactly these columns to everybody who opens it; `?columns=all` shows every column there is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ecsdash.web.tables.columns import Column

ALL: Final = "all"
MOST: Final = 60  # keys that are kept of one choice
KEY: Final = re.compile(r"-?\w[\w.]{0,39}")

Choice = Sequence[str]


def arranged(columns: Sequence[Column], choice: Choice) -> list[tuple[Column, bool]]:
    """Return every column in the order of the choice, and whether it is shown. The first column is always both."""
    by_key = {column.key: column for column in columns}
    chosen = {key_of(each): not each.startswith("-") for each in choice}
    order = [key for key in chosen if key in by_key]
    before = ""
    for key in by_key:
        if key not in chosen:
            order.insert(order.index(before) + 1 if before else 0, key)
        before = key
    first = columns[0].key
    order.insert(0, order.pop(order.index(first)))
    return [(by_key[key], key == first or chosen.get(key, not by_key[key].optional)) for key in order]


def exactly(columns: Sequence[Column], keys: Iterable[str]) -> list[Column]:
    """Return the columns of an address: the first, then those that it names. Unknown keys are left out."""
    wanted = list(keys)
    if wanted == [ALL]:
        return list(columns)
    by_key = {column.key: column for column in columns[1:]}
    found = [by_key[key] for key in dict.fromkeys(wanted) if key in by_key]
    return [columns[0], *found] if found or columns[0].key in wanted else []


def as_choice(columns: Sequence[Column], shown: Sequence[Column]) -> list[str]:
    """Return the choice that shows exactly these columns, the others after them."""
    hidden = [column.key for column in columns if column not in shown]
    return [*(column.key for column in shown), *(f"-{key}" for key in hidden)]


def posted(order: Sequence[str], shown: Iterable[str], move: str = "") -> list[str]:
    """Return the choice of a form: keys in order, those with a tick, and `up:key` or `down:key` for a button."""
    keys = [key for key in dict.fromkeys(order) if KEY.fullmatch(key)][:MOST]
    direction, _, moved = move.partition(":")
    if moved in keys:
        at = keys.index(moved)
        to = max(at - 1, 1) if direction == "up" else at + 1
        keys.insert(to, keys.pop(at))
    ticked = set(shown)
    return [key if key in ticked or not at else f"-{key}" for at, key in enumerate(keys)]


def merged(old: Choice, new: Choice) -> list[str]:
    """Return the new choice with what the old one says of other columns, each after the one that it stood after."""
    result, known = list(new), {key_of(each) for each in new}
    before = ""
    for each in old:
        if key_of(each) not in known:
            keys = [key_of(other) for other in result]
            result.insert(keys.index(before) + 1 if before in keys else len(keys), each)
        before = key_of(each)
    return result[:MOST]


def key_of(each: str) -> str:
    return each.removeprefix("-")


def kept(choices: Mapping[str, object], table: str) -> Choice:
    """Return what is kept of a table by its name; empty when nothing is."""
    found = choices.get(table)
    return [str(each) for each in found] if isinstance(found, list) else []

"""JSON pointers (RFC 6901) and the places that they name, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.masking.places import segment
from ecsdash.web.differences import SEPARATOR


def below(pointer: str, *names: str | int) -> str:
    """Return the pointer of a member or entry below another."""
    return pointer + "".join(segment(str(name)) for name in names)


def names_of(pointer: str) -> list[str]:
    return [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]


def in_words(pointer: str, document: Any) -> str:
    """Return the place in words: entries of lists by their name, else by their number from 1."""
    words = []
    for name in names_of(pointer):
        if isinstance(document, list) and name.isdigit() and int(name) < len(document):
            document = document[int(name)]
            words.append(_entry_name(document) or str(int(name) + 1))
        else:
            document = document.get(name) if isinstance(document, Mapping) else None
            words.append(name)
    return SEPARATOR.join(words)


def strings(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield the pointer and the text of every string in a JSON value."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from strings(member, below(pointer, name))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from strings(entry, below(pointer, number))


def _entry_name(entry: Any) -> str:
    found = entry.get("name") if isinstance(entry, Mapping) else None
    return found if isinstance(found, str) else ""

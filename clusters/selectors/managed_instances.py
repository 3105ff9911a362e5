"""The settings of a capacity provider of ECS Managed Instances as lines of text, whatever members it has."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

#: Beginnings of words in a member's name: `vCpuCount`, `memoryMiB`.
WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def requirement_lines(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each setting with its value: `("Memory MiB", "2048 to 8192")`."""
    return list(_lines("", settings))


def _lines(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value and value.keys() <= {"min", "max"}:
        yield _words(name), f"{value.get('min', 0)} to {value.get('max', 'any')}"
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _lines(key, inner)
    elif isinstance(value, bool):
        yield _words(name), "On" if value else "Off"
    elif value not in (None, "", []):
        yield _words(name), ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _words(name: str) -> str:
    text = " ".join(word if word[1:].isupper() else word.lower() for word in WORDS.sub(" ", name).split())
    return text[:1].upper() + text[1:]

"""Name patterns of grants and ownership rules: `*` matches any characters, `?` one character."""

import re
from functools import lru_cache
from typing import Final

ANYTHING: Final = r"(?:.|\n)"
START, END = r"\A", r"\Z"


def matches(pattern: str, name: str) -> bool:
    return _compiled(pattern).search(name) is not None


def covers(pattern: str, other: str) -> bool:
    """Return whether every name that the other pattern matches is matched by this one. It may be False for two
    patterns that match the same names in different ways, such as `*?` and `?*`."""
    return _compiled(pattern, one="[^*]").search(other) is not None


def is_any(pattern: str) -> bool:
    return pattern.strip("*") == "" and pattern != ""


def regex(pattern: str) -> str:
    """Return the pattern as an anchored regular expression that works in Python and in PostgreSQL."""
    parts = {"*": f"{ANYTHING}*", "?": ANYTHING}
    return r"\A" + "".join(parts.get(char, re.escape(char)) for char in pattern) + r"\Z"


@lru_cache(maxsize=4096)
def _compiled(pattern: str, one: str = ANYTHING) -> re.Pattern[str]:
    """Return the pattern for Python: each `*` takes the shortest text that fits, and no other length is tried. `one`
    matches what a `?` stands for."""
    first, *rest = [_part(part, one) for part in pattern.split("*")]
    if not rest:
        return re.compile(START + first + END)
    *middle, last = rest
    shortest = "".join(rf"(?>{ANYTHING}*?{part})" for part in middle if part)
    return re.compile(START + first + shortest + f"{ANYTHING}*" + last + END)


def _part(text: str, one: str) -> str:
    """Return the regular expression of a part of a pattern without `*`."""
    return "".join(one if char == "?" else re.escape(char) for char in text)

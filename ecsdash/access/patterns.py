"""Name patterns of grants and ownership rules: `*` matches any characters, `?` one character."""

import re
from functools import lru_cache


def matches(pattern: str, name: str) -> bool:
    return _compiled(pattern).search(name) is not None


def is_any(pattern: str) -> bool:
    return pattern.strip("*") == "" and pattern != ""


def regex(pattern: str) -> str:
    """Return the pattern as an anchored regular expression that works in Python and in PostgreSQL."""
    anything = r"(?:.|\n)"
    parts = {"*": f"{anything}*", "?": anything}
    return r"\A" + "".join(parts.get(char, re.escape(char)) for char in pattern) + r"\Z"


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern for Python: each `*` takes the shortest text that fits, and no other length is tried."""
    first, *rest = pattern.split("*")
    if not rest:
        return re.compile(regex(pattern))
    *middle, last = [regex(part)[2:-2] for part in rest]
    shortest = "".join(rf"(?>(?:.|\n)*?{part})" for part in middle if part)
    whole = rf"{regex(first)[:-2]}{shortest}(?:.|\n)*{last}\Z"
    return re.compile(whole)

"""Strict readers of what a browser sends."""

import json
import re
from typing import Any, Final
from uuid import UUID

_DIGITS: Final = re.compile(r"[0-9]{1,10}\Z")


def number(text: str) -> int | None:
    """Return the number that one to ten ASCII digits write. `str.isdigit` also takes `²`, which `int` refuses."""
    return int(text) if _DIGITS.match(text) else None


def uuid(text: str) -> UUID | None:
    """Return the UUID that the text is, None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def json_value(text: str) -> Any:
    """Return what JSON text says. Raise ValueError for other text, and for what no database stores: NaN, infinity, NUL,
    and half of a surrogate pair."""
    try:
        value = json.loads(text)
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
        written.encode()
    except RecursionError as error:
        raise ValueError("The JSON is nested too deeply.") from error
    except UnicodeEncodeError as error:
        raise ValueError("The JSON has an escape that is no character (half of a surrogate pair).") from error
    if r"\u0000" in written:
        raise ValueError("The JSON has the character NUL, which cannot be stored.")
    return value

"""Strict parsing of text that a browser sent."""

import json
import re
from typing import Any, Final
from uuid import UUID

_DIGITS: Final = re.compile(r"[0-9]{1,10}\Z")


def number(text: str) -> int | None:
    """Return the number written as one to ten ASCII digits; None for any other text.

    `str.isdigit` also accepts characters such as `²`, which `int` refuses.
    """
    return int(text) if _DIGITS.match(text) else None


def uuid(text: str) -> UUID | None:
    """Return the text as a UUID; None when it is not one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def json_value(text: str) -> Any:
    """Return the value of JSON text. Raise ValueError for invalid JSON and for values that no database can store: NaN,
    infinity, NUL characters and lone surrogates."""
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

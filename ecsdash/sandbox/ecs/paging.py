"""Pages with opaque tokens. A token names the last item shown, so a page survives changes between two calls."""

import base64
import binascii
from typing import Any

from ecsdash.sandbox.ecs.errors import invalid

Json = dict[str, Any]


def page(items: list[tuple[str, Any]], params: Json, default: int, maximum: int = 100) -> tuple[list[Any], Json]:
    """Return the requested page of (key, value) items sorted by key, and `{"nextToken": ...}` or nothing."""
    size = params.get("maxResults", default)
    if not 1 <= size <= maximum:
        raise invalid(f"Specified maxResults must be in the range [1, {maximum}].")
    after = _read(params["nextToken"]) if params.get("nextToken") else ""
    rest = [item for item in items if item[0] > after]
    shown = rest[:size]
    token = {"nextToken": _write(shown[-1][0])} if len(rest) > size else {}
    return [value for _, value in shown], token


def page_strings(values: list[str], params: Json, default: int, maximum: int = 100) -> tuple[list[str], Json]:
    return page([(value, value) for value in sorted(values)], params, default, maximum)


def _write(key: str) -> str:
    return base64.urlsafe_b64encode(f"ecs:{key}".encode()).decode()


def _read(token: str) -> str:
    try:
        text = base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, UnicodeDecodeError, UnicodeEncodeError):
        text = ""
    if not text.startswith("ecs:"):
        raise invalid("Invalid token.")
    return text.removeprefix("ecs:")

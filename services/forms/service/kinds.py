"""Kinds of fields of a service that the document editor has not: shares in percent, and data of any shape."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from ecsdash.web.forms.document.kinds import Kind

DECIMAL: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?\Z")


@dataclass(frozen=True)
class Number(Kind):
    """A number that may have decimals: `5`, `2.5`."""

    def read(self, text: str, before: Any) -> Any:
        plain = text.strip()
        if not plain:
            return self.emptied
        if not DECIMAL.match(plain):
            return text
        return float(plain) if "." in plain else int(plain)

    def problem(self, value: Any) -> str:
        return f"“{value}” is not a number. Enter 5, or 2.5." if isinstance(value, str) else ""


@dataclass(frozen=True)
class AnyJson(Kind):
    """A value of any shape, as JSON. Other text is the value itself."""

    widget = "long"

    def shown(self, value: Any) -> str:
        if isinstance(value, str) and not _is_json(value):
            return value
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else super().shown(value)

    def read(self, text: str, before: Any) -> Any:
        if not text.strip():
            return self.emptied
        return json.loads(text) if _is_json(text) else text


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True

"""The kind of a field of a service that the document editor has not: data of any shape."""

import json
from dataclasses import dataclass
from typing import Any

from ecsdash.web.forms.document.kinds import Kind


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

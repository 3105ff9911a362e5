"""Masking of log lines: a line that is a JSON object is masked by the names of its members, any other as text."""

import json
from typing import Any

from ecsdash.masking import mask


def mask_line(text: str) -> str:
    """Return the line with secrets masked; unchanged, byte for byte, if there is none."""
    record = record_of(text)
    if record is None:
        return str(mask(text))
    masked = mask(record)
    return text if masked == record else json.dumps(masked, ensure_ascii=False)


def record_of(text: str) -> dict[str, Any] | None:
    """Return the JSON object that a line consists of, None if it does not."""
    if not text.startswith("{"):
        return None
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None

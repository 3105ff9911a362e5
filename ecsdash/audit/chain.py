"""Hash chain of the audit trail: SHA-256 of the canonical JSON of an event's fields and the previous event's hash."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

SEALED: Final = (
    "seq", "at", "actor_id", "actor_name", "source_ip", "action", "phase", "outcome", "account", "region", "cluster",
    "service", "resource_type", "resource_arn", "resource_name", "reason", "changes", "detail", "operation",
    "request_ids", "prev_hash",
)  # fmt: skip
GENESIS: Final = "0" * 64


def seal(values: Iterable[Any]) -> str:
    """Return the hash of an event from the values of the fields SEALED, in that order."""
    return sha256(_ENCODER.encode(list(values)).encode()).hexdigest()


def storable(value: Any) -> Any:
    """Return the value in the form that every database returns: JSON types, no NUL, integral floats as integers."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [storable(item) for item in value]
    if isinstance(value, float):
        return _storable_float(value)
    return value if value is None or isinstance(value, bool | int) else storable(str(value))


def _storable_float(value: float) -> int | float | str:
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    return int(value) if value.is_integer() else value


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be sealed")


_ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=_plain
)

"""Values as every database returns them, so that the hash of an event is the same before and after it is stored."""

from collections.abc import Mapping
from typing import Any


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

"""Dataclasses to JSON and back, by their annotations."""

import types
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


_SCALARS = frozenset((str, int, float, bool, type(None)))
"""Checked before a recursive call: most values of a state or response are scalars."""


def to_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: item if type(item) in _SCALARS else to_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [item if type(item) in _SCALARS else to_json(item) for item in value]
    if type(value) in _SCALARS:
        return value
    kind: type = type(value)
    return {name: to_json(getattr(value, name)) for name in _names(kind)}


def from_json(kind: type[T], data: Any) -> T:
    result: T = _build(kind, data)
    return result


def fresh(value: Any) -> Any:
    """A copy of a JSON value that shares nothing with it."""
    if isinstance(value, dict):
        return {key: item if type(item) in _SCALARS else fresh(item) for key, item in value.items()}
    if isinstance(value, list):
        return [item if type(item) in _SCALARS else fresh(item) for item in value]
    return value


def without_nulls(value: Any) -> Any:
    """A copy of the parameters of a call: a member that is null counts as absent."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [item if type(item) in _SCALARS else without_nulls(item) for item in value]
    return value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: Any, data: Any) -> Any:
    if data is None:
        return None
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _build(hints[name], item) for name, item in data.items()})
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _build(next(option for option in arguments if option is not type(None)), data)
    if origin is list:
        return [_build(arguments[0], item) for item in data]
    if origin is dict:
        return {key: _build(arguments[1], item) for key, item in data.items()}
    return data

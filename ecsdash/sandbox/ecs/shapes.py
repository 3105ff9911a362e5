"""Validation against botocore's service model of ECS: requests at run time, responses in the tests."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from ecsdash.sandbox.ecs.errors import EcsError, invalid, unknown_operation

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "boolean": (bool,),
    "timestamp": (int, float),
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
}


class Problem(NamedTuple):
    kind: str
    path: str
    text: str


@cache
def service_model() -> ServiceModel:
    return botocore.session.Session().get_service_model("ecs")


@cache
def operation_model(name: str) -> OperationModel:
    if name not in service_model().operation_names:
        raise unknown_operation(name)
    return service_model().operation_model(name)


def check_input(operation: str, params: dict[str, Any]) -> None:
    shape = operation_model(operation).input_shape
    problem = next(problems(shape, params), None) if shape is not None else None
    if problem is None:
        return
    if problem.kind == "type":
        raise EcsError("SerializationException", f"{problem.path}: {problem.text}")
    raise invalid(f"{problem.path}: {problem.text}")


def problems(shape: Shape, value: Any, path: str = "") -> Iterator[Problem]:
    """Return every way in which `value` does not fit `shape`."""
    expected = _PYTHON_TYPES[shape.type_name]
    if not _fits(value, expected) or (isinstance(value, bool) and shape.type_name != "boolean"):
        yield Problem("type", path or shape.name, f"{type(value).__name__} can not be converted to {shape.type_name}")
    elif isinstance(shape, StructureShape):
        yield from _structure_problems(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _range_problems(shape, len(value), path, "length")
        for index, item in enumerate(value):
            yield from problems(shape.member, item, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from problems(shape.value, item, f"{path}.{key}")
    else:
        yield from _scalar_problems(shape, value, path)


def _fits(value: Any, expected: tuple[type, ...]) -> bool:
    return isinstance(value, expected)


def _structure_problems(shape: StructureShape, value: dict[str, Any], path: str) -> Iterator[Problem]:
    for name in shape.required_members:
        if name not in value:
            yield Problem("missing", _join(path, name), "should not be null or empty.")
    for name, item in value.items():
        if name not in shape.members:
            yield Problem("unknown", _join(path, name), f"is not a member of {shape.name}.")
        else:
            yield from problems(shape.members[name], item, _join(path, name))


def _scalar_problems(shape: Shape, value: Any, path: str) -> Iterator[Problem]:
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        text = (
            f"Value '{value}' failed to satisfy constraint: Member must satisfy enum value set: [{', '.join(allowed)}]"
        )
        yield Problem("enum", path, text)
    if shape.type_name == "string":
        yield from _range_problems(shape, len(value), path, "length")
    elif shape.type_name in ("integer", "long"):
        yield from _range_problems(shape, value, path, "value")


def _range_problems(shape: Shape, measure: int, path: str, what: str) -> Iterator[Problem]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    constraint = "failed to satisfy constraint: Member must have"
    if low is not None and measure < low:
        yield Problem("range", path, f"{constraint} {what} greater than or equal to {low}")
    if high is not None and measure > high:
        yield Problem("range", path, f"{constraint} {what} less than or equal to {high}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name

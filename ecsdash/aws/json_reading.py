"""JSON answers read by botocore's models, strictly: what has another type than the model is refused.

Each shape is compiled once into a function. It looks at the members that are there, where botocore's own parser asks
for every member of the model: descriptions are read in a fraction of its time.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from botocore.parsers import ResponseParserError

Reader = Callable[[Any], Any]
#: Readers of what JSON has no type for: by the type of the shape.
Others = Mapping[str, Reader]
NUMBERS: Final = (int, float)
_compiled: WeakKeyDictionary[Any, Reader] = WeakKeyDictionary()


def reader_of(shape: Any, others: Others, identity: Mapping[str, tuple[str, ...]]) -> Reader:
    """Return the function that reads a value of the shape.

    `identity` are the members that a structure must have, by its name.
    """
    found = _compiled.get(shape)
    if found is None:
        found = _compiled[shape] = _compile(shape, others, identity)
    return found


def _compile(shape: Any, others: Others, identity: Mapping[str, tuple[str, ...]]) -> Reader:
    kind = shape.type_name
    if kind == "structure":
        if shape.is_document_type:
            return _as_it_is
        return _Structure(shape, others, identity)
    if kind == "list":
        return _List(shape, _compile(shape.member, others, identity))
    if kind == "map":
        return _Map(shape, _compile(shape.value, others, identity))
    return others.get(kind) or SCALARS.get(kind, _as_it_is)


class _Structure:
    """`members`: the name in JSON -> the name and the reader of a member. Shapes may contain themselves."""

    def __init__(self, shape: Any, others: Others, identity: Mapping[str, tuple[str, ...]]) -> None:
        self._shape, self._rules = shape, (others, identity)
        self._members: dict[str, tuple[str, Reader]] | None = None
        self._required = [name for name in identity.get(shape.name, ()) if name in shape.members]

    def __call__(self, value: Any) -> dict[str, Any]:
        if value.__class__ is not dict:
            raise _wrong(self._shape, value)
        members = self._members or self._compile_members()
        parsed = {}
        for key, raw in value.items():
            if raw is not None and key in members:
                name, read = members[key]
                parsed[name] = read(raw)
        for name in self._required:
            if name not in parsed:
                raise ResponseParserError(f"{name} is missing in a {self._shape.name}")
        return parsed

    def _compile_members(self) -> dict[str, tuple[str, Reader]]:
        self._members = {
            member.serialization.get("name", name): (name, _compile(member, *self._rules))
            for name, member in self._shape.members.items()
        }
        return self._members


class _List:
    def __init__(self, shape: Any, read: Reader) -> None:
        self._shape, self._read = shape, read

    def __call__(self, value: Any) -> list[Any]:
        if value.__class__ is not list:
            raise _wrong(self._shape, value)
        read = self._read
        return [read(item) for item in value]


class _Map:
    def __init__(self, shape: Any, read: Reader) -> None:
        self._shape, self._read = shape, read

    def __call__(self, value: Any) -> dict[str, Any]:
        if value.__class__ is not dict:
            raise _wrong(self._shape, value)
        return {key: self._read(item) for key, item in value.items()}


def _text(value: Any) -> str:
    if value.__class__ is str:
        return value
    raise ResponseParserError(f"{type(value).__name__} in place of a text")


def _number(value: Any) -> Any:
    if value.__class__ in NUMBERS:
        return value
    raise ResponseParserError(f"{type(value).__name__} in place of a number")


def _truth(value: Any) -> bool:
    if value is True or value is False:
        return value
    raise ResponseParserError(f"{type(value).__name__} in place of a boolean")


def _as_it_is(value: Any) -> Any:
    return value


SCALARS: Final[Mapping[str, Reader]] = {
    "string": _text,
    "boolean": _truth,
    "integer": _number,
    "long": _number,
    "float": _number,
    "double": _number,
}


def _wrong(shape: Any, value: Any) -> ResponseParserError:
    return ResponseParserError(f"{shape.name} is a {type(value).__name__}, not a {shape.type_name}")

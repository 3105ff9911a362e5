"""Validation of a document by botocore's model: members, types, values and what is required."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any, Final

from ecsdash.aws.shapes import Shape
from ecsdash.masking import pointer
from ecsdash.web.forms.document.placeholders import placeholder_in
from ecsdash.web.forms.document.violations import Violation, listed

#: Violations that are kept; after that nothing is compared any more.
MOST: Final = 100
#: The longest name or value that is compared or quoted.
LONGEST: Final = 60
#: The types of the model in words.
EXPECTED: Final = {
    "structure": "an object: { … }",
    "map": "an object of names and values: { … }",
    "list": "a list: [ … ]",
    "string": 'text in quotes: "…"',
    "integer": "a whole number, without quotes",
    "long": "a whole number, without quotes",
    "float": "a number, without quotes",
    "double": "a number, without quotes",
    "boolean": "true or false, without quotes",
}
#: What stands for a value of the wrong type, so that entries of lists keep their places.
EMPTY: Final[Mapping[str, Any]] = {"structure": {}, "map": {}, "list": [], "string": "", "boolean": False}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


FITS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "structure": lambda value: isinstance(value, Mapping),
    "map": lambda value: isinstance(value, Mapping),
    "list": lambda value: isinstance(value, Sequence) and not isinstance(value, str | bytes),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_whole,
    "long": _is_whole,
    "float": _is_number,
    "double": _is_number,
}


@dataclass(frozen=True)
class Reading:
    """A document compared with its model. `usable` has only members of the model, with values of their types."""

    violations: list[Violation]
    usable: dict[str, Any]


def read(document: Any, shape: Shape) -> Reading:
    """Return the violations of the model and the part of the document that rules can rely on."""
    found: list[Violation] = []
    usable = _Reader(found).value(document, shape, "")
    return Reading(found, usable)


class _Reader:
    """Collects violations, at most `MOST` of them."""

    def __init__(self, found: list[Violation]) -> None:
        self.found = found

    def value(self, value: Any, shape: Shape, place: str) -> Any:
        if shape.kind == "document":
            return value
        if not FITS[shape.kind](value):
            self._add([_wrong_type(value, shape, place)])
            return EMPTY.get(shape.kind, 0)
        if shape.kind == "structure":
            return self._structure(value, shape, place)
        if shape.kind == "list":
            return self._list(value, shape, place)
        if shape.kind == "map":
            return self._map(value, shape, place)
        self._add(_limits(value, shape, place))
        self._add(_unknown_value(value, shape, place))
        return value

    def _structure(self, value: Mapping[Any, Any], shape: Shape, place: str) -> dict[str, Any]:
        present = {name: each for name, each in value.items() if each is not None}
        unknown = (name for name in present if name not in shape.members)
        self._add(_unknown_member(name, shape, place) for name in unknown)
        self._add(_missing(name, place) for name in shape.required if name not in present)
        if shape.union and len(present) != 1:
            what, how = "One of several members is expected", f"Enter one of {listed(shape.members)}."
            self._add([Violation(place, what, "", how)])
        return {
            name: self.value(present[name], member, place + pointer(name))
            for name, member in shape.members.items()
            if name in present
        }

    def _list(self, value: Sequence[Any], shape: Shape, place: str) -> list[Any]:
        self._add(_length(len(value), shape, place))
        entry = shape.entry
        return [self.value(each, entry, f"{place}/{n}") for n, each in enumerate(value)] if entry else []

    def _map(self, value: Mapping[Any, Any], shape: Shape, place: str) -> dict[str, Any]:
        entry = shape.entry
        if entry is None:
            return {}
        present = {str(name): each for name, each in value.items() if each is not None}
        return {name: self.value(each, entry, place + pointer(name)) for name, each in present.items()}

    def _add(self, violations: Iterable[Violation]) -> None:
        self.found.extend(islice(violations, MOST - len(self.found)))


def _wrong_type(value: Any, shape: Shape, place: str) -> Violation:
    expected = EXPECTED[shape.kind]
    if isinstance(value, str) and (name := placeholder_in(value)):
        return Violation(place, f"The placeholder {name} is left", f"ECS expects {expected}.", "Enter the value.")
    if shape.kind == "string" and _is_number(value):
        return Violation(place, "A number where ECS expects text", "", "Write it in quotes.")
    return Violation(place, f"{_kind(value)} where ECS expects another type", "", f"Enter {expected}.")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "A number"
    if isinstance(value, str):
        return "Text"
    return "An object" if isinstance(value, Mapping) else "A list"


def _missing(name: str, place: str) -> Violation:
    return Violation(place + pointer(name), f"{name} is missing", "ECS requires it here.", "Enter it.")


def _unknown_member(name: Any, shape: Shape, place: str) -> Violation:
    text = str(name)
    near = _nearest(text, shape.members)
    how = f"Write {near}, or remove it." if near else f"Remove it. Known here: {listed(shape.members)}."
    shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return Violation(place + pointer(text), f"ECS does not know the member {shown}", "", how)


def _unknown_value(value: Any, shape: Shape, place: str) -> Iterator[Violation]:
    if not shape.enum or value in shape.enum:
        return
    if name := placeholder_in(value):
        yield Violation(place, f"The placeholder {name} is left", "", f"Enter one of {listed(shape.enum)}.")
        return
    near = _nearest(value, shape.enum)
    how = f"Write {near}." if near else f"Enter one of {listed(shape.enum)}, or remove it."
    shown = value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"
    yield Violation(place, f"ECS does not know the value “{shown}” here", "", how)


def _nearest(name: str, known: Mapping[str, Any] | Sequence[str]) -> str:
    """Return the known name that was probably meant; case and small typing errors do not matter."""
    if len(name) > LONGEST:
        return ""
    by_lower = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.75)
    return by_lower[near[0]] if near else ""


def _limits(value: Any, shape: Shape, place: str) -> Iterator[Violation]:
    if shape.kind == "string":
        yield from _length(len(value), shape, place)
    elif shape.kind != "boolean" and not (
        (shape.least is None or value >= shape.least) and (shape.most is None or value <= shape.most)
    ):
        limits = [f"{word} {limit}" for word, limit in (("at least", shape.least), ("at most", shape.most))
                  if limit is not None]  # fmt: skip
        yield Violation(place, "The number is out of range", "", f"Enter {' and '.join(limits)}.")


def _length(length: int, shape: Shape, place: str) -> Iterator[Violation]:
    unit = "entries" if shape.kind == "list" else "characters"
    if shape.most is not None and length > shape.most:
        yield Violation(place, f"{length} {unit} are too many", f"ECS takes at most {shape.most}.", "Remove some.")
    elif shape.least and length < shape.least:
        yield Violation(place, "It is empty", f"ECS requires at least {shape.least} {unit}.", "Enter it, or remove it.")

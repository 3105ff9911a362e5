"""A document in words for people to read, by the declaration of its form: groups of labels with their values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.text import slugify

from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.fields import Entries, Field, Pairs, Part, Row, Section
from ecsdash.web.forms.document.kinds import Choices
from ecsdash.web.forms.document.places import entry_name
from ecsdash.web.forms.document.pointers import MISSING

EMPTY: Final[tuple[Any, ...]] = (MISSING, None, "", [], {})


@dataclass(frozen=True)
class Fact:
    """A value that the document has. `above` names the entry of a list that it belongs to."""

    label: str
    text: str
    above: str = ""
    mono: bool = False


@dataclass(frozen=True)
class Group:
    """A section of the form: its values, and the fragment of the address that leads to it in the form."""

    title: str
    anchor: str
    facts: tuple[Fact, ...]


def summary(parts: Sequence[Part], document: Mapping[str, Any]) -> list[Group]:
    """Return the sections of a form in order, with what the document has there."""
    return [
        Group(part.title, f"#%23{slugify(part.title)}", tuple(_facts(part.parts, document, "", "")))
        for part in parts
        if isinstance(part, Section)
    ]


def _facts(parts: Sequence[Part], document: Mapping[str, Any], place: str, above: str) -> Iterator[Fact]:
    for part in parts:
        if isinstance(part, Row):
            yield from _facts(part.fields, document, place, above)
        elif isinstance(part, Section):
            yield from _facts(part.parts, document, place, above)
        elif (value := pointers.value_at(document, f"{place}/{part.place}")) not in EMPTY:
            yield from _of_value(part, value, document, f"{place}/{part.place}", above)


def _of_value(
    part: Field | Pairs | Entries, value: Any, document: Mapping[str, Any], place: str, above: str
) -> Iterator[Fact]:
    if isinstance(part, Entries) and isinstance(value, list):
        for number, entry in enumerate(value):
            name = entry_name(part, entry, number)
            yield from _facts(part.parts, document, f"{place}/{number}", f"{above} > {name}" if above else name)
    elif isinstance(part, Pairs) and isinstance(value, Mapping):
        yield Fact(part.label, ", ".join(f"{name}: {text}" for name, text in value.items()), above, mono=True)
    elif isinstance(part, Field):
        yield Fact(part.label, _text(part, value), above, part.mono)


def _text(part: Field, value: Any) -> str:
    """Return a value in the words of its options, with its unit."""
    options: Sequence[tuple[str, str]] = getattr(part.kind, "options", getattr(part.kind, "choices", ()))
    labels = dict(options)
    values = value if isinstance(part.kind, Choices) and isinstance(value, list) else [value]
    shown = [part.kind.shown(each) for each in values]
    text = ", ".join(labels.get(each, each) for each in shown)
    return f"{text} {part.unit}" if part.unit else text

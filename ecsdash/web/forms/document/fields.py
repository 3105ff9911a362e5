"""Declaration of a form: which field shows and writes which place of a document. One declaration drives rendering,
reading what was posted, and the list of the places that have a field.

Places are relative to the entry or document that a part belongs to: "healthCheck/command" without a leading slash.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ecsdash.web.forms.document.kinds import Kind, Text

PLAIN_TEXT = Text()
#: Stands for any position or name in the pattern of a pointer.
ANY = "*"


@dataclass(frozen=True)
class Field:
    """One field. `suggestions` names a list of offered values, `options` a list that is the choice, both made when the
    form is shown. `when`: a place and the values there that show the field (JavaScript only hides it)."""

    place: str
    label: str
    kind: Kind = PLAIN_TEXT
    help: str = ""
    unit: str = ""
    placeholder: str = ""
    mono: bool = False
    required: bool = False
    suggestions: str = ""
    options: str = ""
    when: tuple[str, Sequence[str]] | None = None


@dataclass(frozen=True)
class Pairs:
    """A mapping of texts as rows of a name and a value. `besides`: members that have fields of their own."""

    place: str
    label: str
    help: str = ""
    besides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """Fields side by side."""

    fields: tuple[Field, ...]
    narrow: bool = False


@dataclass(frozen=True)
class Section:
    """Parts under a heading. A folded one is closed until one of its places has a value.

    `fills` names the presets whose buttons set members of the entry that the section belongs to. `below` is a template
    below the parts of a section that is not folded.
    """

    title: str
    parts: tuple["Part", ...]
    folded: bool = True
    help: str = ""
    fills: str = ""
    below: str = ""


@dataclass(frozen=True)
class Entries:
    """A list of mappings. `noun` and the value at `named_by` name an entry in words: "container app".

    `new` is an added entry. `single`: an entry is one row of fields. `movable`: the order matters. `titled`: the
    heading of the section is the title of the list too.
    """

    place: str
    label: str
    add: str
    noun: str
    parts: tuple["Part", ...]
    named_by: tuple[str, ...] = ("name",)
    new: Mapping[str, Any] = field(default_factory=dict)
    help: str = ""
    single: bool = True
    movable: bool = False
    titled: bool = False
    presets: str = ""


Part = Field | Pairs | Row | Section | Entries


@dataclass(frozen=True)
class Bound:
    """A field, pairs or entries with its full pattern: "/containerDefinitions/*/image"."""

    pattern: str
    part: Field | Pairs | Entries
    words: tuple[str, ...]


def bound_parts(parts: Sequence[Part], above: str = "", words: tuple[str, ...] = ()) -> Iterator[Bound]:
    """Yield every field, pairs and entries of a declaration, with its pattern and its place on the page in words."""
    for part in parts:
        if isinstance(part, Row):
            yield from bound_parts(part.fields, above, words)
        elif isinstance(part, Section):
            yield from bound_parts(part.parts, above, (*words, part.title))
        else:
            pattern = f"{above}/{part.place}"
            yield Bound(pattern, part, (*words, part.label))
            if isinstance(part, Entries):
                yield from bound_parts(part.parts, f"{pattern}/{ANY}", (*words, part.label))


def bound_pointers(parts: Sequence[Part]) -> dict[str, str]:
    """Return the pattern of every place that the form writes, with the field that writes it in words."""
    found = {}
    for bound in bound_parts(parts):
        if not isinstance(bound.part, Entries):
            pattern = f"{bound.pattern}/{ANY}" if isinstance(bound.part, Pairs) else bound.pattern
            found[pattern] = " > ".join(bound.words)
    return found

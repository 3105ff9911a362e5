"""Writing of posted form fields into a document. A field writes its place only if its text was changed.

Fields are named by their pointers into the document from which they were rendered (`base`). Rows of pairs post their
names and values in order under two names.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.fields import Entries, Field, Pairs, Part, Row, Section
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.kinds import Choices, Kind, normal, with_line_ends
from ecsdash.web.forms.document.pointers import MISSING

NAMES_SUFFIX = "#names"
Document = dict[str, Any]


@dataclass
class Edited:
    """The document with the changed fields. `typed`: what the document cannot hold, by the name of its field."""

    document: Document
    changed: bool = False
    findings: list[Finding] = field(default_factory=list)
    typed: dict[str, list[str]] = field(default_factory=dict)


def edit(parts: Sequence[Part], base: Document, data: QueryDict) -> Edited:
    """Return the base document with the fields that were changed. Fields that were not posted change nothing."""
    found = Edited(copy.deepcopy(base))
    for pointer, part in places(parts, base):
        if isinstance(part, Pairs):
            _edit_pairs(found, base, pointer, part, data)
        elif pointer in data:
            _edit_field(found, base, pointer, part.kind, data)
    return found


def places(parts: Sequence[Part], document: Any, above: str = "") -> Iterator[tuple[str, Field | Pairs]]:
    """Yield every field and pairs with its pointer in this document."""
    for part in parts:
        if isinstance(part, Row):
            yield from places(part.fields, document, above)
        elif isinstance(part, Section):
            yield from places(part.parts, document, above)
        elif isinstance(part, Entries):
            entries = pointers.value_at(document, f"{above}/{part.place}")
            for position, entry in enumerate(entries if isinstance(entries, list) else ()):
                if isinstance(entry, dict):
                    yield from places(part.parts, document, f"{above}/{part.place}/{position}")
        else:
            yield f"{above}/{part.place}", part


def kind_findings(parts: Sequence[Part], document: Document) -> list[Finding]:
    """Return a finding for each value that its field could not convert, in the words of the field."""
    found = []
    for pointer, part in places(parts, document):
        problem = part.kind.problem(pointers.value_at(document, pointer)) if isinstance(part, Field) else ""
        if problem:
            found.append(Finding(pointer, FindingLevel.BLOCK, problem))
    return found


def shown_rows(pairs: Pairs, value: Any) -> list[tuple[str, str]]:
    """Return the names and values of a mapping as texts, without the members that have their own fields."""
    members = value.items() if isinstance(value, dict) else ()
    return [(name, Kind().shown(member)) for name, member in members if name not in pairs.besides]


def _edit_field(found: Edited, base: Document, pointer: str, kind: Kind, data: QueryDict) -> None:
    before = pointers.value_at(base, pointer)
    if isinstance(kind, Choices):
        chosen = [str(text) for text in data.getlist(pointer)]
        _write(found, pointer, kind.read_all(chosen, before), before, chosen)
        return
    text = normal(str(data.get(pointer, "")))
    if text != normal(kind.shown(before)):
        _write(found, pointer, kind.read(text, before), before, [text])


def _write(found: Edited, pointer: str, value: Any, before: Any, typed: list[str]) -> None:
    if value is before or (value == before and type(value) is type(before)):
        return
    try:
        if value is MISSING:
            pointers.remove(found.document, pointer)
        else:
            pointers.put(found.document, pointer, value)
    except pointers.NotWritableError as error:
        what = "The form cannot change this: the JSON has a value of another type above it."
        found.findings.append(Finding(error.pointer, FindingLevel.BLOCK, what, "", "Correct the JSON."))
        found.typed[pointer] = typed
    found.changed = True


def _edit_pairs(found: Edited, base: Document, pointer: str, pairs: Pairs, data: QueryDict) -> None:
    if pointer not in data:
        return
    before = pointers.value_at(base, pointer)
    if before not in (MISSING, None) and not isinstance(before, dict):
        return
    names, texts = data.getlist(pointer + NAMES_SUFFIX), data.getlist(pointer)
    rows = [(normal(name), normal(text)) for name, text in zip(names, texts, strict=False) if name or text]
    shown = [(normal(name), normal(text)) for name, text in shown_rows(pairs, before) if name or text]
    if rows == shown:
        return
    written = [name for name, _ in rows]
    if doubled := next((name for name in written if written.count(name) > 1 or name in pairs.besides), ""):
        what = f"“{doubled}” is set twice." if doubled not in pairs.besides else f"“{doubled}” has a field of its own."
        found.findings.append(Finding(pointer, FindingLevel.BLOCK, what, "", "Keep one of them."))
        found.typed.update({pointer + NAMES_SUFFIX: names, pointer: texts})
        found.changed = True
        return
    _write_rows(found, pointer, pairs, before if isinstance(before, dict) else {}, rows)


def _write_rows(found: Edited, pointer: str, pairs: Pairs, before: dict[str, Any], rows: list[tuple[str, str]]) -> None:
    """Write the rows; a row that was not changed keeps its value, and its place among the members."""
    kept = [name for name in before if name not in pairs.besides]
    renamed = _renamed(kept, [name for name, _ in rows])
    values = {name: _row_value(text, before.get(renamed.get(name, name), MISSING)) for name, text in rows}
    if before.get("") == "":
        values.setdefault("", "")  # its row looks like an empty one
    new_names = {old: new for new, old in renamed.items()}
    current = pointers.value_at(found.document, pointer)
    current = current if isinstance(current, dict) else {}
    order = [new_names.get(name, name) for name in current]
    members = {name: values.get(name, current.get(name)) for name in order if name in values or name in pairs.besides}
    for name, value in values.items():
        members.setdefault(name, value)
    _write(found, pointer, members or MISSING, current or MISSING, [])


def _renamed(before: list[str], after: list[str]) -> dict[str, str]:
    """Return new name -> old name of rows whose name was changed in place."""
    gone, new = set(before) - set(after), set(after) - set(before)
    return {late: early for early, late in zip(before, after, strict=False) if early in gone and late in new}


def _row_value(text: str, before: Any) -> Any:
    if before is not MISSING and text == normal(Kind().shown(before)):
        return before
    return with_line_ends(text, before)

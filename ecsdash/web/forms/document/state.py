"""State of a document form: one document, posted as the fields of its form and as JSON text.

`base` is the document from which the fields were rendered. What differs from it was changed: by fields, by the JSON, or
by both, which is a conflict for the person to decide.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import QueryDict

from ecsdash.web.forms.document import json_text
from ecsdash.web.forms.document.editing import Edited, edit
from ecsdash.web.forms.document.fields import Entries, Part, bound_parts
from ecsdash.web.forms.document.findings import Finding
from ecsdash.web.forms.document.json_text import JsonSyntaxError
from ecsdash.web.forms.document.operations import Presets, operate

Document = dict[str, Any]
#: Names of the posted texts beside the fields, and of the buttons.
BASE, JSON, SYNC, OPERATION = "base", "json", "sync", "op"
#: Values of SYNC: one side was changed (sent by a script), or a button keeps one side.
FORM_CHANGED, JSON_CHANGED, KEEP_FORM, KEEP_JSON = "form", "json", "keep_form", "keep_json"
#: The longest JSON text, in characters: ECS takes 64 KiB.
LONGEST_TEXT = 300_000


@dataclass(frozen=True)
class Read:
    """A document from text, and what was found while reading: members that were dropped, for example."""

    document: Document
    notes: Sequence[Finding] = ()


def read_object(text: str) -> Read:
    """Return the JSON object of a text. Raise JsonSyntaxError."""
    value = json_text.parse(text).value
    if not isinstance(value, dict):
        raise JsonSyntaxError("The document must be a JSON object.", 1, 1, "Begin with { and end with }.")
    return Read(value)


@dataclass(frozen=True)
class DocumentForm:
    """A kind of document: the fields of its form, its presets, and how its text is read."""

    parts: Sequence[Part]
    presets: Presets = field(default_factory=dict)
    read: Callable[[str], Read] = read_object

    @cached_property
    def entries(self) -> dict[str, Entries]:
        """Return the declared lists by their pattern."""
        return {bound.pattern: bound.part for bound in bound_parts(self.parts) if isinstance(bound.part, Entries)}


@dataclass
class State:
    """The document as the two sides say. `syntax`: the text is no JSON, and `document` is what the form says.

    `rendered_from` is the base of the next post: the document, or what it was before both sides changed it.
    """

    document: Document
    text: str
    rendered_from: Document | None = None
    syntax: JsonSyntaxError | None = None
    conflict: bool = False
    findings: list[Finding] = field(default_factory=list)
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    focus: str = ""

    @property
    def base(self) -> str:
        base = self.document if self.rendered_from is None else self.rendered_from
        return json.dumps(base, ensure_ascii=False, separators=(",", ":"))

    @property
    def usable(self) -> bool:
        """Return whether the document is what both sides say."""
        return self.syntax is None and not self.conflict and not self.typed


def start(document: Document) -> State:
    """Return the state of a form that was just opened."""
    return State(document, json_text.write(document))


def resolve(form: DocumentForm, data: QueryDict) -> State:
    """Return the state after a post."""
    base = _base(data)
    written = data.get(JSON, "")[:LONGEST_TEXT]
    edited = edit(form.parts, base, data)
    read = _read(form, written)
    if isinstance(read, Read) and read.document == base:
        return _operated(form, _of_fields(edited, written, read), data)
    kept = data.get(SYNC)
    if kept == KEEP_FORM:
        return _operated(form, _of_fields(edited, "", None), data)
    alone = not edited.changed or kept == KEEP_JSON
    if isinstance(read, JsonSyntaxError):
        return State(edited.document, written, base, read, not alone, edited.findings, edited.typed)
    if alone or read.document == edited.document:
        return _operated(form, State(read.document, written, findings=list(read.notes)), data)
    return State(edited.document, written, base, None, True, edited.findings, edited.typed)


def _of_fields(edited: Edited, written: str, read: Read | None) -> State:
    """Return the state that the fields say; the text stays as it was typed if it says the same."""
    same = read is not None and read.document == edited.document and _order(read.document) == _order(edited.document)
    text = written if same else json_text.write(edited.document)
    notes = list(read.notes) if same and read is not None else []
    return State(edited.document, text, findings=[*notes, *edited.findings], typed=edited.typed)


def _operated(form: DocumentForm, state: State, data: QueryDict) -> State:
    """Return the state after the button that was pressed, if it was one that changes entries."""
    if asked := data.get(OPERATION):
        state.document, state.focus = operate(form.parts, form.presets, state.document, asked)
        state.text = json_text.write(state.document)
    return state


def _read(form: DocumentForm, written: str) -> Read | JsonSyntaxError:
    try:
        return form.read(written)
    except JsonSyntaxError as error:
        return error


def _base(data: QueryDict) -> Document:
    try:
        return read_object(data.get(BASE, "") or "{}").document
    except JsonSyntaxError:
        return {}


def _order(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)

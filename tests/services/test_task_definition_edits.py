"""No sequence of form edits loses or changes a member that it does not touch."""

import copy
import json
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.editing import places
from ecsdash.web.forms.document.fields import Entries, Field, Pairs, bound_parts
from ecsdash.web.forms.document.kinds import Choices
from ecsdash.web.forms.document.operations import entries_at
from ecsdash.web.forms.document.state import resolve
from services.forms.task_definition.declaration import TASK_DEFINITION
from tests.services.definitions import form_data, rich
from tests.services.random_definitions import definitions

Document = dict[str, Any]
PARTS = TASK_DEFINITION.parts
QUIET = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def after(document: Document, changes: dict[str, Any] | None = None, **buttons: str) -> Document:
    data = form_data(document, **buttons)
    for name, typed in (changes or {}).items():
        data.setlist(name, typed if isinstance(typed, list) else [typed])
    return resolve(TASK_DEFINITION, data).document


@QUIET
@given(definitions())
def test_a_form_that_is_only_shown_and_posted_changes_nothing(document: Document) -> None:
    assert json.dumps(after(document)) == json.dumps(document)
    assert json.dumps(resolve(TASK_DEFINITION, form_data({}, json=json.dumps(document))).document) == json.dumps(
        document
    )


@QUIET
@given(definitions(), st.data())
def test_a_field_that_is_changed_and_changed_back_leaves_the_document(document: Document, data: st.DataObject) -> None:
    shown_fields = [(place, part) for place, part in _fields(document) if _has_value(document, place)]
    assume(shown_fields)
    place, part = data.draw(st.sampled_from(shown_fields))
    before = pointers.value_at(document, place)
    shown = part.kind.shown(before)
    changed = after(document, {place: "other"})
    assert without(changed, place) == without(document, place)
    if shown and part.kind.read(shown, before) == before:  # an emptied field removes its member
        assert pointers.value_at(after(changed, {place: shown}), place) == before


def _fields(document: Document) -> list[tuple[str, Field]]:
    found = [(place, part) for place, part in places(PARTS, document) if isinstance(part, Field)]
    return [(place, part) for place, part in found if not isinstance(part.kind, Choices)]


def _has_value(document: Document, place: str) -> bool:
    value = pointers.value_at(document, place)
    return value is not pointers.MISSING and r"\r" not in json.dumps(value)


def without(document: Document, place: str) -> dict[str, str]:
    """Return the leaves of a document outside a place, as JSON. Empty mappings above it do not count."""
    found = dict(leaves(document, ""))
    return {key: value for key, value in found.items() if not (key.startswith(place) or place.startswith(key))}


def leaves(value: Any, place: str) -> Any:
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from leaves(member, place + pointers.join(name))
    elif isinstance(value, list) and value:
        for number, member in enumerate(value):
            yield from leaves(member, place + pointers.join(number))
    else:
        yield place, json.dumps(value)


class Edits(RuleBasedStateMachine):
    """A person edits a form; a plain model of the same edits says what the document must be."""

    document: Document
    expected: Document

    @initialize(document=st.just(rich()) | definitions())
    def begin(self, document: Document) -> None:
        self.document, self.expected = copy.deepcopy(document), copy.deepcopy(document)

    @rule(data=st.data(), text=st.text("abc 1\n", min_size=1, max_size=4))
    def type_text(self, data: st.DataObject, text: str) -> None:
        """Type into a text field; its place holds what was typed."""
        choices = [(at, part) for at, part in places(PARTS, self.document) if is_text(part)]
        place, _ = data.draw(st.sampled_from(choices))
        before = pointers.value_at(self.document, place)
        if isinstance(before, str) and "\r" in before:
            return
        self.document = after(self.document, {place: text.replace("\n", "\r\n")})
        pointers.put(self.expected, place, text)

    @rule(data=st.data())
    def press(self, data: st.DataObject) -> None:
        """Remove, move or duplicate an entry; the others keep all of their members."""
        listed = list(lists_of(self.document))
        if not listed:
            return
        place, length = data.draw(st.sampled_from(listed))
        number = data.draw(st.integers(0, length - 1))
        act = data.draw(st.sampled_from(["remove", "up", "down", "duplicate"]))
        entries = pointers.value_at(self.expected, place)
        self.document = after(self.document, op=f"{act}:{place}/{number}")
        if act == "remove":
            pointers.remove(self.expected, f"{place}/{number}")
        elif act == "duplicate":
            entries.insert(number + 1, pointers.value_at(self.document, f"{place}/{number + 1}"))
            assert _nameless(entries[number], place) == _nameless(entries[number + 1], place)
        else:
            other = min(max(number + (1 if act == "down" else -1), 0), length - 1)
            entries[number], entries[other] = entries[other], entries[number]

    @rule(data=st.data())
    def add(self, data: st.DataObject) -> None:
        """Add an entry; it follows all others."""
        declared = [
            bound for bound in bound_parts(PARTS) if isinstance(bound.part, Entries) and "*" not in bound.pattern
        ]
        bound = data.draw(st.sampled_from(declared))
        assert isinstance(bound.part, Entries)
        self.document = after(self.document, op=f"add:{bound.pattern}")
        entries = pointers.value_at(self.expected, bound.pattern)
        known = entries if isinstance(entries, list) else []
        pointers.put(self.expected, bound.pattern, [*known, dict(copy.deepcopy(bound.part.new))])

    @precondition(lambda self: isinstance(self.document.get("containerDefinitions"), list))
    @rule(data=st.data(), name=st.text("xyz", min_size=1, max_size=3))
    def rename_a_label(self, data: st.DataObject, name: str) -> None:
        """Rename a Docker label; its value and its place among the others stay."""
        labelled = [
            at
            for at, part in places(PARTS, self.document)
            if isinstance(part, Pairs) and part.place == "dockerLabels" and pointers.value_at(self.document, at)
        ]
        if not labelled:
            return
        place = data.draw(st.sampled_from(labelled))
        labels = pointers.value_at(self.expected, place)
        old = data.draw(st.sampled_from(sorted(labels)))
        if name in labels or any("\r" in key + value for key, value in labels.items()) or "" in labels:
            return
        rows = {place: list(labels.values()), f"{place}#names": [name if key == old else key for key in labels]}
        self.document = after(self.document, rows)
        pointers.put(self.expected, place, {name if key == old else key: value for key, value in labels.items()})

    @invariant()
    def nothing_else_changed(self) -> None:
        if hasattr(self, "document"):
            assert json.dumps(self.document) == json.dumps(self.expected)


def is_text(part: Field | Pairs) -> bool:
    return isinstance(part, Field) and part.kind.widget == "text" and type(part.kind).__name__ in ("Kind", "Text")


def lists_of(document: Document) -> Any:
    for place, _ in list(leaves_of_lists(document, "")):
        entries = pointers.value_at(document, place)
        if entries_at(PARTS, place) and all(isinstance(each, dict) for each in entries):
            yield place, len(entries)


def leaves_of_lists(value: Any, place: str) -> Any:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves_of_lists(member, place + pointers.join(name))
    elif isinstance(value, list) and value:
        yield place, value
        for number, member in enumerate(value):
            yield from leaves_of_lists(member, place + pointers.join(number))


def _nameless(entry: Document, place: str) -> Document:
    declared = entries_at(PARTS, place)
    return {key: value for key, value in entry.items() if declared and key != declared.named_by[0]}


TestEdits = Edits.TestCase
TestEdits.settings = settings(
    max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)

"""A person edits the form of a document; a plain model of the same edits says what the document must be."""

import copy
import json
from collections.abc import Iterator
from typing import Any, ClassVar, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.editing import NAMES_SUFFIX, places
from ecsdash.web.forms.document.fields import Entries, Field, Pairs, bound_parts
from ecsdash.web.forms.document.operations import entries_at
from ecsdash.web.forms.document.state import DocumentForm, resolve
from tests.web.forms.document.sample import posted

Document = dict[str, Any]
STATEFUL: Final = settings(
    max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


class Edits(RuleBasedStateMachine):
    """A subclass says which form, and with which documents it begins."""

    form: ClassVar[DocumentForm]
    starts: ClassVar[st.SearchStrategy[Document]]
    document: Document
    expected: Document

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        document = data.draw(self.starts)
        self.document, self.expected = copy.deepcopy(document), copy.deepcopy(document)

    def post(self, changes: dict[str, Any] | None = None, **buttons: str) -> None:
        self.document = after(self.form, self.document, changes, **buttons)

    @rule(data=st.data(), text=st.text("abc 1\n", min_size=1, max_size=4))
    def type_text(self, data: st.DataObject, text: str) -> None:
        """Type into a text field; its place holds what was typed."""
        choices = [(at, part) for at, part in places(self.form.parts, self.document) if is_text(part)]
        place, _ = data.draw(st.sampled_from(choices))
        before = pointers.value_at(self.document, place)
        if isinstance(before, str) and "\r" in before:
            return
        self.post({place: text.replace("\n", "\r\n")})
        pointers.put(self.expected, place, text)

    @rule(data=st.data())
    def press(self, data: st.DataObject) -> None:
        """Remove, move or duplicate an entry; the others keep all of their members."""
        listed = list(lists_of(self.form, self.document))
        if not listed:
            return
        place, length = data.draw(st.sampled_from(listed))
        number = data.draw(st.integers(0, length - 1))
        act = data.draw(st.sampled_from(["remove", "up", "down", "duplicate"]))
        entries = pointers.value_at(self.expected, place)
        self.post(op=f"{act}:{place}/{number}")
        if act == "remove":
            pointers.remove(self.expected, f"{place}/{number}")
        elif act == "duplicate":
            entries.insert(number + 1, pointers.value_at(self.document, f"{place}/{number + 1}"))
            assert self._nameless(entries[number], place) == self._nameless(entries[number + 1], place)
        else:
            other = min(max(number + (1 if act == "down" else -1), 0), length - 1)
            entries[number], entries[other] = entries[other], entries[number]

    @rule(data=st.data())
    def add(self, data: st.DataObject) -> None:
        """Add an entry; it follows all others."""
        parts = bound_parts(self.form.parts)
        declared = [bound for bound in parts if isinstance(bound.part, Entries) and "*" not in bound.pattern]
        bound = data.draw(st.sampled_from(declared))
        assert isinstance(bound.part, Entries)
        self.post(op=f"add:{bound.pattern}")
        entries = pointers.value_at(self.expected, bound.pattern)
        known = entries if isinstance(entries, list) else []
        pointers.put(self.expected, bound.pattern, [*known, dict(copy.deepcopy(bound.part.new))])

    @rule(data=st.data(), name=st.text("xyz", min_size=1, max_size=3))
    def rename_a_label(self, data: st.DataObject, name: str) -> None:
        """Rename a Docker label; its value and its place among the others stay."""
        labelled = [
            at
            for at, part in places(self.form.parts, self.document)
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
        self.post(rows)
        pointers.put(self.expected, place, {name if key == old else key: value for key, value in labels.items()})

    @rule(data=st.data(), name=st.text("xyz", min_size=1, max_size=3))
    def rename_in_a_map(self, data: st.DataObject, name: str) -> None:
        """Rename a member of a map, such as a label; its value and its place among the others stay."""
        filled = [
            at
            for at, part in places(self.form.parts, self.document)
            if isinstance(part, Pairs) and not part.besides and pointers.value_at(self.document, at)
        ]
        if not filled:
            return
        place = data.draw(st.sampled_from(filled))
        before = pointers.value_at(self.expected, place)
        old = data.draw(st.sampled_from(sorted(before)))
        if name in before or any("\r" in key + value for key, value in before.items()) or "" in before:
            return
        self.post({place: list(before.values()), place + NAMES_SUFFIX: [name if key == old else key for key in before]})
        pointers.put(self.expected, place, {name if key == old else key: value for key, value in before.items()})

    def _nameless(self, entry: Document, place: str) -> Document:
        """Return the entry without its name: a copy gets another one."""
        declared = entries_at(self.form.parts, place)
        return {key: value for key, value in entry.items() if declared and key not in declared.named_by[:1]}

    @invariant()
    def nothing_else_changed(self) -> None:
        if hasattr(self, "document"):
            assert json.dumps(self.document) == json.dumps(self.expected)


def is_text(part: Field | Pairs) -> bool:
    return isinstance(part, Field) and part.kind.widget == "text" and type(part.kind).__name__ in ("Kind", "Text")


def after(form: DocumentForm, document: Document, changes: dict[str, Any] | None = None, **buttons: str) -> Document:
    """Return the document after its form was shown, changed and posted."""
    data = posted(document, form=form, **buttons)
    for name, typed in (changes or {}).items():
        data.setlist(name, typed if isinstance(typed, list) else [typed])
    return resolve(form, data).document


def lists_of(form: DocumentForm, document: Document) -> Iterator[tuple[str, int]]:
    """Yield the place and the length of every list whose entries the form shows."""
    for place, _ in list(leaves_of_lists(document, "")):
        entries = pointers.value_at(document, place)
        if entries_at(form.parts, place) and all(isinstance(each, dict) for each in entries):
            yield place, len(entries)


def leaves_of_lists(value: Any, place: str) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves_of_lists(member, place + pointers.join(name))
    elif isinstance(value, list) and value:
        yield place, value
        for number, member in enumerate(value):
            yield from leaves_of_lists(member, place + pointers.join(number))

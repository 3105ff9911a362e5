"""No sequence of form edits loses or changes a member that it does not touch."""

import json
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.editing import places
from ecsdash.web.forms.document.fields import Field
from ecsdash.web.forms.document.kinds import Choices
from ecsdash.web.forms.document.state import resolve
from services.forms.task_definition.declaration import TASK_DEFINITION
from tests.services import form_edits
from tests.services.definitions import form_data, rich
from tests.services.form_edits import STATEFUL, Edits
from tests.services.random_definitions import definitions

Document = dict[str, Any]
PARTS = TASK_DEFINITION.parts
QUIET = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def after(document: Document, changes: dict[str, Any] | None = None, **buttons: str) -> Document:
    return form_edits.after(TASK_DEFINITION, document, changes, **buttons)


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


class TaskDefinitionEdits(Edits):
    form = TASK_DEFINITION
    starts = st.just(rich()) | definitions()


TestTaskDefinitionEdits = TaskDefinitionEdits.TestCase
TestTaskDefinitionEdits.settings = STATEFUL

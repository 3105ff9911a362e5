"""Every member of the request shapes is written by a field, or members.yaml says why by none.

A version of botocore with a new member fails here until a row says who writes it.
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecsdash.aws.shapes import Shape, patterns
from ecsdash.operations.actions import ACTIONS

BOUND, REASONS = "form", ("plan", "never")
#: The forms of documents, by the calls whose parameters they are.
DOCUMENT_FORMS = {
    "ecs.register_task_definition": ("services.forms.task_definition.declaration", "TASK_DEFINITION"),
    "ecs.create_service": ("services.forms.service.declaration", "SERVICE_FORM"),
    "ecs.update_service": ("services.forms.service.declaration", "SERVICE_FORM"),
    "ecs.run_task": ("services.forms.run_task_fields", "RUN_TASK"),
    "ecs.create_capacity_provider": ("clusters.forms.managed_instances.fields", "NEW_PROVIDER"),
}


@cache
def table() -> dict[str, dict[str, str]]:
    rows: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("members.yaml").read_text())
    return rows


def written(call: str) -> list[str]:
    """Return the places of the members that have no members of their own."""
    return [place for place, shape in patterns(call).items() if not _has_members(shape)]


def _has_members(shape: Shape) -> bool:
    return bool(shape.members or (shape.entry and shape.entry.members))


CALLS = (*DOCUMENT_FORMS, "ecs.create_cluster")


@pytest.mark.parametrize("call", CALLS)
def test_every_member_has_a_row(call: str) -> None:
    assert list(table()[call]) == written(call)


def fields_of_actions() -> Iterator[tuple[str, str]]:
    for rows in table().values():
        for place, how in rows.items():
            if how != BOUND and ":" not in how:
                yield place, how


@pytest.mark.parametrize(("place", "how"), sorted(set(fields_of_actions())))
def test_a_row_names_a_field_that_exists(place: str, how: str) -> None:
    action, _, name = how.partition(".")
    form: Any = ACTIONS[action].form_class
    assert name in form.base_fields or name in form.groups


def test_a_row_without_field_states_its_reason() -> None:
    reasons = [how for rows in table().values() for how in rows.values() if ":" in how]
    assert [how for how in reasons if how.partition(": ")[0] not in REASONS or not how.partition(": ")[2]] == []


@pytest.mark.parametrize("call", DOCUMENT_FORMS)
def test_the_form_is_bound_to_what_the_rows_say(call: str) -> None:
    fields = pytest.importorskip("ecsdash.web.forms.document.fields", reason="the form is not a document yet")
    module, name = DOCUMENT_FORMS[call]
    pytest.importorskip(module, reason="the form is not a document yet")
    bound = fields.bound_pointers(getattr(import_module(module), name).parts)
    unbound = [
        place
        for place, how in table()[call].items()
        if how == BOUND and not any(each == place or each.startswith(f"{place}/") for each in bound)
    ]
    assert unbound == []

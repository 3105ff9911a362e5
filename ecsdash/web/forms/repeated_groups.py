"""Repeatable groups of a form. The "Add" and "Remove" buttons submit the whole form without validating it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.forms import BaseForm, BaseFormSet
from django.forms.utils import ErrorDict
from django.http import QueryDict

from ecsdash.web import parsing


def after_button(data: QueryDict, groups: Mapping[str, type[BaseFormSet[Any]]] | None = None) -> QueryDict | None:
    """Return the posted data with one form added or removed; None when neither button was pressed.

    A form added to one of `groups` starts with the initial values of its fields.
    """
    if prefix := data.get("add"):
        more = _resized(data, prefix, 1)
        if more is not None and prefix in (groups or {}):
            _fill(more, f"{prefix}-{data[f'{prefix}-TOTAL_FORMS']}", (groups or {})[prefix].form)
        return more
    if removed := data.get("remove"):
        prefix, _, position = removed.rpartition("-")
        number = parsing.number(position)
        return _without(data, prefix, number) if number is not None else None
    return None


def limited(formset: BaseFormSet[Any]) -> BaseFormSet[Any]:
    """Return the formset limited to as many forms as fields were posted, so that a huge TOTAL_FORMS has no effect."""
    if formset.is_bound:
        fields = sum(name.startswith(f"{formset.prefix}-") for name in formset.data)
        formset.absolute_max = min(formset.absolute_max, fields + 1)
    return formset


def hide_errors(*forms: BaseForm | BaseFormSet[Any]) -> None:
    """Remove the errors of these forms: adding a container does not validate the rest."""
    for form in forms:
        if isinstance(form, BaseFormSet):
            form._errors, form._non_form_errors = [], form.error_class()  # type: ignore[attr-defined]
            hide_errors(*form.forms)
        else:
            form._errors = ErrorDict()  # type: ignore[attr-defined]
            form.cleaned_data = {}
            hide_errors(*getattr(form, "formsets", {}).values())


def with_groups(form: BaseForm, place: str = "") -> Iterator[tuple[str, BaseForm | BaseFormSet[Any]]]:
    """Yield the form and, as deep as they go, its validated groups and their forms, each with its place in words
    ("Containers 1, ports 2"; empty for the form itself)."""
    yield place, form
    for name, formset in getattr(form, "formsets", {}).items():
        if formset._errors is None:  # an unused group
            continue
        words = name.replace("_", " ")
        group = f"{place}, {words}" if place else words.capitalize()
        yield group, formset
        for number, each in enumerate(formset.forms, start=1):
            yield from with_groups(each, f"{group} {number}")


def _resized(data: QueryDict, prefix: str, change: int) -> QueryDict | None:
    """Return a copy of the data with TOTAL_FORMS changed; None when it is not a number."""
    total = parsing.number(data.get(f"{prefix}-TOTAL_FORMS", ""))
    if total is None:
        return None
    copy = data.copy()
    copy[f"{prefix}-TOTAL_FORMS"] = str(max(0, total + change))
    return copy


def _fill(data: QueryDict, prefix: str, form: Any) -> None:
    """Set the fields of a form to their initial values."""
    for name, field in form.base_fields.items():
        if field.initial is not None and field.initial is not False:
            data[f"{prefix}-{name}"] = "on" if field.initial is True else str(field.initial)


def _without(data: QueryDict, prefix: str, position: int) -> QueryDict | None:
    """Return a copy of the data without the form at this position; later forms move up by one."""
    resized = _resized(data, prefix, -1)
    if resized is None:
        return None
    for key in list(resized):
        number, field_name = _split_field_name(key, prefix)
        if number is not None and number >= position:
            values = resized.pop(key)
            if number > position:
                resized.setlist(f"{prefix}-{number - 1}{field_name}", values)
    return resized


def _split_field_name(key: str, prefix: str) -> tuple[int | None, str]:
    """Return the number of the form that a field belongs to, or None, and the rest of the field's name."""
    if not key.startswith(f"{prefix}-"):
        return None, ""
    number, dash, field_name = key.removeprefix(f"{prefix}-").partition("-")
    return parsing.number(number), dash + field_name

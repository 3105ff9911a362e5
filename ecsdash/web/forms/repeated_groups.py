"""Groups of a form that can be added again. Their two buttons submit the whole form; nothing is lost or checked yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms import BaseForm, BaseFormSet
from django.forms.utils import ErrorDict
from django.http import QueryDict

from ecsdash.web import strict


def changed(data: QueryDict, groups: Mapping[str, type[BaseFormSet[Any]]] | None = None) -> QueryDict | None:
    """The posted data with one form more or less, or None when neither button was pressed.

    A form that is added to one of `groups` begins with the initial values of its fields.
    """
    if prefix := data.get("add"):
        more = _sized(data, prefix, 1)
        if more is not None and prefix in (groups or {}):
            _fill(more, f"{prefix}-{data[f'{prefix}-TOTAL_FORMS']}", (groups or {})[prefix].form)
        return more
    if removed := data.get("remove"):
        prefix, _, position = removed.rpartition("-")
        number = strict.number(position)
        return _without(data, prefix, number) if number is not None else None
    return None


def bound(group: BaseFormSet[Any]) -> BaseFormSet[Any]:
    """The group, which makes at most as many forms as fields were posted, whatever number was posted with them."""
    if group.is_bound:
        fields = sum(name.startswith(f"{group.prefix}-") for name in group.data)
        group.absolute_max = min(group.absolute_max, fields + 1)
    return group


def quiet(*forms: BaseForm | BaseFormSet[Any]) -> None:
    """Remove the errors of these forms: adding a container does not validate the rest."""
    for form in forms:
        if isinstance(form, BaseFormSet):
            form._errors, form._non_form_errors = [], form.error_class()  # type: ignore[attr-defined]
            quiet(*form.forms)
        else:
            form._errors = ErrorDict()  # type: ignore[attr-defined]
            form.cleaned_data = {}
            quiet(*getattr(form, "formsets", {}).values())


def _sized(data: QueryDict, prefix: str, more: int) -> QueryDict | None:
    total = strict.number(data.get(f"{prefix}-TOTAL_FORMS", ""))
    if total is None:
        return None
    copy = data.copy()
    copy[f"{prefix}-TOTAL_FORMS"] = str(max(0, total + more))
    return copy


def _fill(data: QueryDict, prefix: str, form: Any) -> None:
    for name, field in form.base_fields.items():
        if field.initial is not None and field.initial is not False:
            data[f"{prefix}-{name}"] = "on" if field.initial is True else str(field.initial)


def _without(data: QueryDict, prefix: str, position: int) -> QueryDict | None:
    """The forms behind the removed one move up by one."""
    sized = _sized(data, prefix, -1)
    if sized is None:
        return None
    for key in list(sized):
        number, tail = _parts(key, prefix)
        if number is not None and number >= position:
            values = sized.pop(key)
            if number > position:
                sized.setlist(f"{prefix}-{number - 1}{tail}", values)
    return sized


def _parts(key: str, prefix: str) -> tuple[int | None, str]:
    """The number of the form that a field belongs to, and the rest of the field's name."""
    if not key.startswith(f"{prefix}-"):
        return None, ""
    number, dash, tail = key.removeprefix(f"{prefix}-").partition("-")
    return strict.number(number), dash + tail

"""Form fields that are required only while a choice in another field shows them."""

from typing import TypeVar

from django import forms

Field = TypeVar("Field", bound=forms.Field)
REQUIRED_ATTRIBUTE = "aria-required"


def required_where_shown(field: Field) -> Field:
    """Return the field marked as required where it is shown: no "(optional)" label, and no error from Django while it
    is hidden. The form's `clean` checks it."""
    field.required = False
    field.widget.attrs[REQUIRED_ATTRIBUTE] = "true"
    return field


def optional(field: forms.Field) -> bool:
    """Return whether the field is labelled "(optional)"."""
    return not field.required and REQUIRED_ATTRIBUTE not in field.widget.attrs

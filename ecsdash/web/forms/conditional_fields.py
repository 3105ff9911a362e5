"""Fields that are needed only where a choice of another field shows them."""

from typing import TypeVar

from django import forms

Field = TypeVar("Field", bound=forms.Field)
MARK = "aria-required"


def needed_where_shown(field: Field) -> Field:
    """Not called optional, though it may come empty with another choice: the form's `clean` asks for it."""
    field.required = False
    field.widget.attrs[MARK] = "true"
    return field


def optional(field: forms.Field) -> bool:
    return not field.required and MARK not in field.widget.attrs

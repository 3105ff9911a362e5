"""Options of form fields: rows of the inventory, in the form's scope. Other values are refused, with the reason."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from django import forms
from django.utils.functional import lazy

from ecsdash.inventory.choices import choices
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.models import Choice, Resource
from ecsdash.inventory.scope import Scope
from ecsdash.operations.offers import permitted

Row = TypeVar("Row", bound=Choice)
Option = tuple[str, Any]  # (value, label), or (heading, options)


def offer(
    form: Any,
    field: str,
    model: type[Row],
    label: Callable[[Row], str],
    *,
    value: str = "name",
    first: Iterable[Option] = (),
    order: Callable[[Row], Any] | None = None,
) -> dict[str, Row]:
    """Set the options of `field`: those in `first`, then the rows of `model` that the person may use, by label or in
    `order`.

    Return the rows by the posted value, which is their column `value`.
    """
    every = list(choices(model, form.context.user, form.context.scope))
    listed = permitted(form.context, every)
    hint_at_hidden(form, field, len(every) - len(listed))
    rows = {getattr(row, value): row for row in (sorted(listed, key=order) if order else listed)}
    offer_options(form, field, model, [*first, *((posted, label(row)) for posted, row in rows.items())])
    return rows


def hint_at_hidden(form: Any, field: str, hidden: int) -> None:
    """Say in the help text that there are options which the person may not use."""
    if hidden:
        text = f"{hidden} that you may not use {'is' if hidden == 1 else 'are'} not listed."
        form.fields[field].help_text = f"{form.fields[field].help_text} {text}".strip()


def offer_options(form: Any, field: str, model: type[Resource], options: Iterable[Option]) -> None:
    """Set the options of `field`, which were made from rows of `model`."""
    choice_field = cast(forms.ChoiceField, form.fields[field])
    choice_field.choices = list(options)
    choice_field.error_messages = {
        **choice_field.error_messages, "invalid_choice": _lazy_refusal(form.context.scope, model.NOUN)
    }  # fmt: skip


def refusal(scope: Scope, noun: str) -> str:
    """Return the reason why a posted value (%(value)s) is not an option. Forms evaluate it when a value is refused."""
    state, label = freshness(scope, f"{noun}s"), noun.replace("_", " ")
    if state.error_code:
        return f"%(value)s is unknown: AWS refused to list the {label}s ({state.error_code}). Choose from the list."
    if state.loading:
        return f"%(value)s is unknown: the {label}s of {scope} are still loading. Refresh in a moment."
    return f"%(value)s does not exist in {scope}, or you may not use this {label}. Choose from the list."


_lazy_refusal = lazy(refusal, str)

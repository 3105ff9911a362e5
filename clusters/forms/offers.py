"""What a form offers: rows of the inventory, in its scope. What is not offered is refused, with the reason."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from django import forms
from django.utils.functional import lazy

from ecsdash.inventory.choices import choices
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.models import Choice, Resource
from ecsdash.inventory.scope import Scope

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
    """Let `field` offer the rows of `model` after the options in `first`; by label, or in `order`.

    Return the rows by what is posted: their column `value`.
    """
    found = list(choices(model, form.context.user, form.context.scope))
    rows = {getattr(row, value): row for row in (sorted(found, key=order) if order else found)}
    offer_options(form, field, model, [*first, *((posted, label(row)) for posted, row in rows.items())])
    return rows


def offer_options(form: Any, field: str, model: type[Resource], options: Iterable[Option]) -> None:
    """Let `field` offer these options, made from rows of `model`, and nothing else."""
    chosen = cast(forms.ChoiceField, form.fields[field])
    chosen.choices = list(options)
    chosen.error_messages = {
        **chosen.error_messages, "invalid_choice": _lazy_refusal(form.context.scope, model.NOUN)
    }  # fmt: skip


def _refusal(scope: Scope, noun: str) -> str:
    """Why a posted value is not among the options; looked up only when one is refused."""
    state, words = freshness(scope, f"{noun}s"), noun.replace("_", " ")
    if state.error_code:
        return f"%(value)s is not known: AWS refused to list the {words}s ({state.error_code}). Choose from the list."
    if state.loading:
        return f"%(value)s is not known: the {words}s of {scope} are still being loaded. Refresh in a moment."
    return f"%(value)s: there is no such {words} in {scope}, or you may not see it. Choose from the list."


_lazy_refusal = lazy(_refusal, str)

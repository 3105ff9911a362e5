"""`{% load web_forms %}`: fields, choices, radio cards and repeatable groups. All of them work without JavaScript."""

from typing import Any

from django import forms, template
from django.forms import BaseForm, BaseFormSet, BoundField

from ecsdash.web.forms import repeated_groups
from ecsdash.web.forms.conditional_fields import optional

register = template.Library()
COMPONENTS = "components/"
#: Longer lists of choices have a box that filters them.
SHORT_LIST = 10


@register.inclusion_tag(COMPONENTS + "field.html")
def field(bound: BoundField, unit: str = "", placeholder: str = "", mono: bool = False) -> dict[str, Any]:
    """Render a field: label, control, help text and errors."""
    attributes: dict[str, Any] = {"class": _css(bound, mono)}
    described = [f"{bound.auto_id}_help"] if bound.help_text else []
    if bound.errors:
        attributes["aria-invalid"] = "true"
        described.append(f"{bound.auto_id}_error")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if placeholder:
        attributes["placeholder"] = placeholder
    control, kind = bound.as_widget(attrs=attributes), _kind(bound)
    is_list = isinstance(bound.field.widget, forms.Select)
    return {
        "field": bound, "control": control, "kind": kind, "unit": unit, "optional": optional(bound.field),
        "filtered": is_list and _is_long(bound), "empty": is_list and not list(getattr(bound.field, "choices", ())),
    }  # fmt: skip


def _is_long(bound: BoundField) -> bool:
    """Counts what is in groups of choices too."""
    found: Any = getattr(bound.field, "choices", ())
    return sum(len(label) if isinstance(label, list | tuple) else 1 for _, label in found) > SHORT_LIST


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "group" if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple) else "line"


def _css(bound: BoundField, mono: bool) -> str:
    widget = bound.field.widget
    css = widget.attrs.get("class", "")
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        own = "form-check-input"
    else:
        own = "form-select" if isinstance(widget, forms.Select) else "form-control"
    return " ".join(part for part in (css, own, "mono" if mono else "", "is-invalid" if bound.errors else "") if part)


@register.inclusion_tag(COMPONENTS + "choices.html")
def choices(bound: BoundField) -> dict[str, Any]:
    """Render choices as a list of checkboxes or radio buttons. A long list has a filter box."""
    many = isinstance(bound.field, forms.MultipleChoiceField)
    return {"field": bound, "filtered": _is_long(bound), "many": many, "optional": optional(bound.field)}


@register.inclusion_tag(COMPONENTS + "radio_cards.html")
def radio_cards(bound: BoundField) -> dict[str, Any]:
    """Render radio buttons as cards with an explanation, written after `|` in the label:
    "Fargate | No servers to manage"."""
    cards = [_card(radio) for radio in bound]
    return {"field": bound, "cards": cards}


def _card(radio: Any) -> dict[str, Any]:
    title, _, hint = str(radio.choice_label).partition(" | ")
    return {"id": radio.id_for_label, "name": radio.data["name"], "value": radio.data["value"], "title": title,
            "hint": hint, "checked": radio.data["selected"]}  # fmt: skip


@register.inclusion_tag(COMPONENTS + "form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """Render the summary of errors above a form and in its repeatable groups, with a link to each field."""
    invalid, general = [], []
    for place, each in repeated_groups.with_groups(form):
        before = f"{place}: " if place else ""
        if isinstance(each, BaseFormSet):
            general += [before + str(text) for text in each.non_form_errors()]
        else:
            general += [before + str(text) for text in each.non_field_errors()]
            invalid += [(f"{before}{bound.label}", bound) for bound in each if bound.errors]
    return {"form": form, "invalid": invalid, "general": general}


@register.inclusion_tag(COMPONENTS + "repeat.html", takes_context=True)
def repeat(
    context: template.Context, formset: "BaseFormSet[Any]", title: str, add: str, body: str = "components/fields.html"
) -> dict[str, Any]:
    """Render a repeatable group. `body` is the template of one `form`. Without JavaScript the buttons submit the form
    with `add` or `remove`, which the view handles by `ecsdash.web.forms.repeated_groups`."""
    return {**context.flatten(), "formset": formset, "title": title, "add": add, "body": body}  # type: ignore[dict-item]


@register.inclusion_tag(COMPONENTS + "hidden_fields.html")
def hidden_fields(form: BaseForm) -> dict[str, Any]:
    """Render the hidden fields of a form."""
    return {"form": form}

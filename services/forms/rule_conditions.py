"""The conditions of a listener rule as a group of forms, one for each condition."""

import re
from collections import Counter
from ipaddress import ip_network
from typing import Any, Final

from django import forms
from django.forms import formset_factory

from ecsdash.masking import is_fingerprint
from ecsdash.operations.actions import Formset, GroupForm
from services.documents.listener_rule.conditions import CONFIGS, HEADER, HOST, METHOD, PATH, PATTERNS, QUERY, SOURCE
from services.forms import listener_rule as limits

#: What a value of a field looks like, and what is said of one that does not.
FORMS: Final = {
    HOST: (limits.HOST, limits.HOST_HINT),
    PATH: (limits.PATH, limits.PATH_HINT),
    METHOD: (re.compile(r"[A-Z_-]{1,40}\Z"), "is not a request method, such as GET or POST."),
}
HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}\Z")
#: Fields of which a rule has one condition at most, with up to five values.
ONCE: Final = (HOST, PATH, METHOD, SOURCE)


class ConditionForm(GroupForm):
    """One condition; cleaned, `condition` is as in services.documents.listener_rule, with the values in plain text."""

    field = forms.ChoiceField(
        label="Requests with", choices=[(field, label) for field, (_, label) in CONFIGS.items()], initial=PATH
    )
    header = forms.CharField(label="Name of the header", required=False, max_length=40)
    values = forms.CharField(
        label="Values",
        max_length=700,
        widget=forms.Textarea(attrs={"rows": 1, "class": "one-line"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        field, text = data.get("field", ""), data.get("values", "")
        values = list(dict.fromkeys(_lines(text) if field in (HEADER, QUERY) else text.replace(",", " ").split()))
        for value in values:
            if hint := _fault(field, value):
                self.add_error("values", f"{value[:40]} {hint}")
        name = data.get("header", "").strip()
        if field == HEADER and not HEADER_NAME.match(name):
            self.add_error("header", "Enter the name of the header, for example X-Version.")
        data["condition"] = {"field": field, **({"name": name} if field == HEADER else {}), "values": values}
        return data


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _fault(field: str, value: str) -> str:
    """Return why AWS refuses the value, empty if it does not."""
    if len(value) > limits.LONGEST_VALUE and not is_fingerprint(value):
        return f"… is longer than {limits.LONGEST_VALUE} characters."
    if field == SOURCE:
        return "" if _is_network(value) else "is not a network in CIDR notation, such as 10.0.0.0/16."
    form, hint = FORMS.get(field, (None, ""))
    return hint if form and not form.match(value) else ""


def _is_network(value: str) -> bool:
    try:
        ip_network(value)
    except ValueError:
        return False
    return "/" in value


class BaseConditionFormSet(Formset):
    def clean(self) -> None:
        if any(self.errors):
            return
        found = [form.cleaned_data["condition"] for form in self.forms if form.cleaned_data]
        if not found:
            raise forms.ValidationError("Add at least one condition.")
        numbers = Counter(each["field"] for each in found)
        if twice := [CONFIGS[field][1] for field in ONCE if numbers[field] > 1]:
            raise forms.ValidationError(
                f"A rule has one condition of this kind at most: {twice[0]}. Join their values."
            )
        if sum(len(each["values"]) for each in found) > limits.MOST_VALUES:
            raise forms.ValidationError(f"A rule can have at most {limits.MOST_VALUES} values in total.")
        texts = [value for each in found if each["field"] in PATTERNS for value in each["values"]]
        if sum(text.count("*") + text.count("?") for text in texts) > limits.MOST_WILDCARDS:
            raise forms.ValidationError(
                f"A rule can have at most {limits.MOST_WILDCARDS} wildcards (* and ?) in total."
            )


ConditionFormSet: type[Formset] = formset_factory(
    ConditionForm, formset=BaseConditionFormSet, extra=0, min_num=1, max_num=limits.MOST_VALUES, validate_max=True
)


def posted_conditions(conditions: Any) -> list[dict[str, Any]]:
    """Return the values of the group's forms for stored conditions."""
    return [
        {"field": each["field"], "header": each.get("name", ""), "values": "\n".join(each["values"])}
        for each in conditions
    ]

"""The formset of tags, and its conversions."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms import formset_factory

from ecsdash.masking import MASK
from ecsdash.operations.actions import Formset, GroupForm

ALLOWED = re.compile(r"\A[\w\s+\-=._:/@]*\Z")
MOST_TAGS = 50


class TagForm(GroupForm):
    key = forms.CharField(max_length=128, label="Key")
    value = forms.CharField(max_length=256, required=False, label="Value")

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key.lower().startswith("aws:"):
            raise forms.ValidationError("The prefix aws: is reserved. Choose another key.")
        return _allowed(key)

    def clean_value(self) -> str:
        return _allowed(self.cleaned_data["value"])


class KeptTagForm(TagForm):
    """A tag of an existing resource. A masked value that is not changed keeps its real value."""

    def clean_value(self) -> str:
        stored: str | None = self.context.resource.tags.get(self.cleaned_data.get("key", ""))
        if stored is not None and self.cleaned_data["value"] == MASK:
            return stored
        return super().clean_value()


class BaseTagFormSet(Formset):
    def clean(self) -> None:
        keys = [form.cleaned_data.get("key") for form in self.forms if hasattr(form, "cleaned_data")]
        if duplicates := sorted({key for key in keys if key and keys.count(key) > 1}):
            raise forms.ValidationError(f"Each key can be used only once. Duplicate keys: {', '.join(duplicates)}.")


def tag_group(form: type[TagForm] = TagForm, most: int = MOST_TAGS) -> type[Formset]:
    return formset_factory(form, formset=BaseTagFormSet, extra=0, max_num=most, validate_max=True)


TagFormSet = tag_group()
KeptTagFormSet = tag_group(KeptTagForm)


def tags_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the cleaned rows of the formset as a dict."""
    return {row["key"]: row["value"] for row in rows}


def tag_rows(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the initial rows of the formset, without the tags of AWS (aws:...)."""
    return [{"key": key, "value": value} for key, value in sorted(tags.items()) if not key.startswith("aws:")]


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the tags as parameters of ECS."""
    return [{"key": key, "value": value} for key, value in sorted(tags.items())]


def group_data(prefix: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return rows of a formset as posted data, for an Undo or a test."""
    sizes = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    return sizes | {f"{prefix}-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def _allowed(text: str) -> str:
    if not ALLOWED.match(text):
        raise forms.ValidationError("Use letters, digits, spaces and + - = . _ : / @ only.")
    return text

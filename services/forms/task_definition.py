"""The form that registers task definitions."""

from typing import Any

from django import forms

from ecsdash.operations.actions import ActionForm
from services.definitions import text


class RegisterTaskDefinitionForm(ActionForm):
    json = forms.CharField(widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false"}), label="JSON")

    def clean_json(self) -> dict[str, Any]:
        try:
            return text.parse(self.cleaned_data["json"])
        except text.BadText as error:
            raise forms.ValidationError(error.messages) from error

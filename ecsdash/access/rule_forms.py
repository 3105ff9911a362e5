"""The form of an ownership rule, which also checks each line of an import."""

from typing import Any

from django import forms

from ecsdash.access.models import OwnershipRule
from ecsdash.access.name_patterns import printable_validator
from ecsdash.access.rule_values import ALL, KIND_LABELS, KnownNames, RuleValues

PRINTABLE = [printable_validator]
NEITHER = "Enter either a name pattern or a tag key."
LENGTHS = {field.name: field.max_length for field in OwnershipRule._meta.fields}


class RuleForm(forms.Form):
    account = forms.ChoiceField(label="Account", initial=ALL)
    kind = forms.ChoiceField(label="Kind", choices=[("", "Choose a kind"), *KIND_LABELS.items()])
    pattern = forms.CharField(
        label="Name pattern",
        required=False,
        max_length=LENGTHS["pattern"],
        validators=PRINTABLE,
        help_text="For example, shop-* matches every name that begins with shop-. * matches any characters, "
        "? matches one character.",
    )
    tag_key = forms.CharField(
        label="Tag key",
        required=False,
        max_length=LENGTHS["tag_key"],
        validators=PRINTABLE,
        help_text="In place of a name pattern. For example: team.",
    )
    tag_value = forms.CharField(
        label="Tag value",
        required=False,
        max_length=LENGTHS["tag_value"],
        validators=PRINTABLE,
        help_text="Value or pattern. Empty for every value.",
    )
    owner = forms.ChoiceField(
        label="Owner",
        help_text="Members of the team may use and change these resources where they have the permission. Shared "
        "resources may be used by everybody, but changed only by those who hold the permission for the whole account.",
    )
    note = forms.CharField(
        label="Note", required=False, max_length=LENGTHS["note"], validators=PRINTABLE, help_text="Reason for the rule."
    )

    def __init__(self, known: KnownNames, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [(ALL, "All accounts"), *((name, name) for name in known.accounts)]  # type: ignore[attr-defined]
        teams = [(name, f"Team {name}") for name in known.teams]
        self.fields["owner"].choices = [("", "Choose an owner"), (ALL, "Shared with everybody"), *teams]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        pattern, key = data.get("pattern"), data.get("tag_key")
        if not self.errors.keys() & {"pattern", "tag_key"} and bool(pattern) == bool(key):
            self.add_error("pattern", NEITHER)
        if data.get("tag_value") and not key and "tag_key" not in self.errors:
            self.add_error("tag_key", "A tag value needs a tag key.")
        return data

    @property
    def values(self) -> RuleValues:
        """The rule of a valid form."""
        return RuleValues(**self.cleaned_data)


class ImportForm(forms.Form):
    """`text` is the file's content or what was pasted."""

    ADD, REPLACE = "add", "replace"
    file = forms.FileField(label="CSV file", required=False)
    text = forms.CharField(
        label="Or paste the lines",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="The first line names the columns: Account, Kind, Name pattern, Tag key, Tag value, Owner, Note. "
        "Commas, semicolons or tabs separate them. * as the account means all accounts, * as the owner everybody.",
    )
    mode = forms.ChoiceField(
        label="Rules that are not in the file",
        initial=ADD,
        widget=forms.RadioSelect,
        choices=[(ADD, "Keep them"), (REPLACE, "Remove them | The file replaces all rules.")],
    )

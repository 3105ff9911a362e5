import re
import secrets

from django import forms

from ecsdash.inventory.accounts.removal import objection
from ecsdash.inventory.models import Account

REGION = re.compile(r"^[a-z]{2}(-[a-z]+)+-\d$")
#: First words of addresses that are no account's.
RESERVED = {"account", "accounts", "all", "audit", "operations", "running", "search", "settings", "static"}
ROLE_ARN = re.compile(r"^arn:aws[a-z-]*:iam::(\d{12}):role/[\w+=,.@/-]+$")


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    regions = forms.CharField(
        label="Regions", help_text="Separated by spaces, such as eu-central-1 us-east-1. The first is opened first."
    )

    class Meta:
        model = Account
        fields = ["name", "alias", "account_id", "environment", "role_arn", "external_id", "regions", "enabled"]
        labels = {
            "alias": "Short name",
            "account_id": "Account id",
            "role_arn": "Role to assume",
            "external_id": "External id",
            "enabled": "Look after this account",
        }
        error_messages = {"alias": {"invalid": "Small letters, digits and hyphens only, such as shop-staging."}}
        help_texts = {
            "alias": "In addresses and in grants; small letters, digits and hyphens",
            "account_id": "Twelve digits",
            "environment": "Production accounts are marked in red and ask for more care",
            "role_arn": "Empty: the credentials of the dashboard itself are used",
            "external_id": "Made for this account: put it into the role's trust policy (the page Policies shows it)",
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.initial["regions"] = " ".join(self.instance.regions)
        if not self.instance.pk:
            self.initial["external_id"] = f"ecsdash-{secrets.token_urlsafe(24)}"

    def clean_alias(self) -> str:
        alias = str(self.cleaned_data["alias"])
        if alias in RESERVED:
            raise forms.ValidationError(f"{alias} is a word of the dashboard's own addresses. Choose another.")
        return alias

    def clean_regions(self) -> list[str]:
        regions = list(dict.fromkeys(self.cleaned_data["regions"].replace(",", " ").split()))
        for region in regions:
            if not REGION.match(region):
                raise forms.ValidationError(f"{region} is no region's name. One looks like eu-central-1.")
        return regions

    def clean_role_arn(self) -> str:
        arn = str(self.cleaned_data["role_arn"]).strip()
        if arn and not ROLE_ARN.match(arn):
            raise forms.ValidationError("A role's ARN looks like arn:aws:iam::123456789012:role/ecsdash.")
        return arn

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        arn, account_id = data.get("role_arn"), data.get("account_id")
        found = ROLE_ARN.match(arn) if isinstance(arn, str) and arn else None
        if found and account_id and found.group(1) != account_id:
            self.add_error("role_arn", f"This role belongs to account {found.group(1)}, not to {account_id}.")
        return data


class RemoveForm(forms.Form):
    name = forms.CharField(label="Short name of the account", strip=True)

    def __init__(self, *args: object, account: Account, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.account = account

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if "name" in data and data["name"] != self.account.alias:
            self.add_error("name", f"Type {self.account.alias} to confirm.")
        if text := objection(self.account):
            raise forms.ValidationError(text)
        return data

import re
import secrets

from django import forms

from ecsdash.aws.arns import parse, partition_of, partitions_of, role_account
from ecsdash.inventory.accounts.removal import objection
from ecsdash.inventory.models import Account

REGION = re.compile(r"^[a-z]{2,4}(-[a-z]+)+-\d$")
#: First words of addresses that are no account's.
RESERVED = {"account", "accounts", "all", "audit", "operations", "running", "search", "settings", "static"}


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
        if not regions:
            raise forms.ValidationError("Name at least one region, such as eu-central-1.")
        for region in regions:
            if not REGION.match(region):
                raise forms.ValidationError(f"{region} is no region's name. One looks like eu-central-1.")
        if len(found := partitions_of(regions)) > 1:
            text = f"These regions are in different AWS partitions ({', '.join(found)}). An account is in one of them."
            raise forms.ValidationError(f"{text} Add another account for the others.")
        return regions

    def clean_role_arn(self) -> str:
        arn = str(self.cleaned_data["role_arn"]).strip()
        if arn and not role_account(arn):
            raise forms.ValidationError("A role's ARN looks like arn:aws:iam::123456789012:role/ecsdash.")
        return arn

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        role, account_id = parse(str(data.get("role_arn") or "")), data.get("account_id")
        if role and account_id and role.account_id != account_id:
            self.add_error("role_arn", f"This role belongs to account {role.account_id}, not to {account_id}.")
        regions = data.get("regions")
        if role and isinstance(regions, list) and partition_of(regions[0]) != role.partition:
            text = f"This role is in the partition {role.partition}, the regions are in {partition_of(regions[0])}."
            self.add_error("role_arn", text)
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

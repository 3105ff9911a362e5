import re
import secrets

from django import forms

from ecsdash.aws.arns import parse, partition_of, partitions_of, role_account
from ecsdash.inventory.accounts.removal import removal_obstacle
from ecsdash.inventory.models import Account

REGION = re.compile(r"^[a-z]{2,4}(-[a-z]+)+-\d$")
#: First words of addresses that are no account's.
RESERVED = {"account", "accounts", "all", "audit", "operations", "running", "search", "settings", "static"}


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    regions = forms.CharField(
        label="Regions",
        help_text="Separated by spaces, for example: eu-central-1 us-east-1. The first region is the default.",
    )

    class Meta:
        model = Account
        fields = ["name", "alias", "account_id", "environment", "role_arn", "external_id", "regions", "enabled"]
        labels = {
            "alias": "Short name",
            "account_id": "Account ID",
            "role_arn": "Role ARN",
            "external_id": "External ID",
            "enabled": "Enabled",
        }
        error_messages = {
            "alias": {"invalid": "Use letters, digits, hyphens and underscores, for example shop-staging."}
        }
        help_texts = {
            "alias": "Used in addresses and in grants, for example shop-staging.",
            "account_id": "12 digits",
            "environment": "Production accounts are marked in red; changes in them need an extra confirmation.",
            "role_arn": "The role that this dashboard assumes. If empty, the dashboard uses its own credentials.",
            "external_id": "Generated for this account. Add it to the trust policy of the role (see the Policies tab).",
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.initial["regions"] = " ".join(self.instance.regions)
        if not self.instance.pk:
            self.initial["external_id"] = f"ecsdash-{secrets.token_urlsafe(24)}"

    def clean_alias(self) -> str:
        alias = str(self.cleaned_data["alias"])
        if alias in RESERVED:
            raise forms.ValidationError(f"{alias} is reserved by this dashboard. Choose another short name.")
        return alias

    def clean_regions(self) -> list[str]:
        regions = list(dict.fromkeys(self.cleaned_data["regions"].replace(",", " ").split()))
        if not regions:
            raise forms.ValidationError("Enter at least one region, for example eu-central-1.")
        for region in regions:
            if not REGION.match(region):
                raise forms.ValidationError(f"{region} is not a valid region name. Use the form eu-central-1.")
        if len(partitions := partitions_of(regions)) > 1:
            text = f"These regions are in different AWS partitions ({', '.join(partitions)})."
            raise forms.ValidationError(f"{text} Add another account for the other partition.")
        return regions

    def clean_role_arn(self) -> str:
        arn = str(self.cleaned_data["role_arn"]).strip()
        if arn and not role_account(arn):
            raise forms.ValidationError("This is not a role ARN. Use the form arn:aws:iam::123456789012:role/ecsdash.")
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
        if text := removal_obstacle(self.account):
            raise forms.ValidationError(text)
        return data

import re

from django import forms

from ecsdash.inventory.models import Account

REGION = re.compile(r"^[a-z]{2}(-[a-z]+)+-\d$")
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
        help_texts = {
            "alias": "In addresses and in grants; small letters, digits and hyphens",
            "account_id": "Twelve digits",
            "environment": "Production accounts are marked in red and ask for more care",
            "role_arn": "Empty: the credentials of the dashboard itself are used",
            "external_id": "As the role's trust policy demands it",
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if self.instance.pk:
            self.initial["regions"] = " ".join(self.instance.regions)

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

import re
import secrets

from django import forms

from ecsdash.aws.arns import parse, partition_of, partitions_of, role_account
from ecsdash.inventory.accounts.removal import removal_obstacle
from ecsdash.inventory.models import Account

REGION = re.compile(r"^[a-z]{2,4}(-[a-z]+)+-\d$")
#: First words of addresses that are no account's.
RESERVED = {"account", "accounts", "all", "audit", "operations", "running", "search", "settings", "static"}


#: A role's name or path below `role/`, with wildcards.
ROLE_PATTERN = re.compile(r"^[A-Za-z0-9_+=,.@*?/-]{1,128}$")
MOST_PATTERNS = 20


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    regions = forms.CharField(
        label="Regions",
        help_text="Separated by spaces, for example: eu-central-1 us-east-1. The first region is the default.",
    )

    passed_roles = forms.CharField(
        label="Task and instance roles",
        required=False,
        help_text=(
            "Name patterns of IAM roles, separated by spaces, for example: shop-*. The writer policy allows passing "
            "these, the roles that this dashboard creates, and the default roles of ECS."
        ),
    )

    class Meta:
        model = Account
        fields = [
            "name", "alias", "account_id", "environment", "regions", "reader_role_arn", "writer_role_arn",
            "external_id", "permissions_boundary_arn", "passed_roles", "enabled",
        ]  # fmt: skip
        labels = {
            "alias": "Short name",
            "account_id": "Account ID",
            "reader_role_arn": "Reader role ARN",
            "writer_role_arn": "Writer role ARN",
            "permissions_boundary_arn": "Permissions boundary ARN",
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
            "reader_role_arn": "For pages and inventory refresh. If empty, the dashboard uses its own credentials.",
            "writer_role_arn": "For changes, in the name of the person. If this alone is empty: read-only.",
            "external_id": "Generated for this account. Add it to the trust policies (see the Policies tab).",
            "permissions_boundary_arn": (
                "IAM policy that limits the roles that this dashboard creates (see the Policies tab)."
            ),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.initial["regions"] = " ".join(self.instance.regions)
        self.initial["passed_roles"] = " ".join(self.instance.passed_roles)
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

    def clean_passed_roles(self) -> list[str]:
        patterns = list(dict.fromkeys(self.cleaned_data["passed_roles"].replace(",", " ").split()))
        if len(patterns) > MOST_PATTERNS:
            raise forms.ValidationError(f"Enter at most {MOST_PATTERNS} patterns.")
        for pattern in patterns:
            if not ROLE_PATTERN.match(pattern) or pattern.startswith("/"):
                raise forms.ValidationError(f"{pattern} is not a pattern of role names. Use the form shop-*.")
        return patterns

    def clean_reader_role_arn(self) -> str:
        return _role_arn(self.cleaned_data["reader_role_arn"])

    def clean_writer_role_arn(self) -> str:
        return _role_arn(self.cleaned_data["writer_role_arn"])

    def clean_permissions_boundary_arn(self) -> str:
        arn = str(self.cleaned_data["permissions_boundary_arn"]).strip()
        boundary = parse(arn)
        if arn and (boundary is None or boundary.service != "iam" or not boundary.resource.startswith("policy/")):
            text = "This is not a policy ARN. Use the form arn:aws:iam::123456789012:policy/ecsdash-boundary."
            raise forms.ValidationError(text)
        return arn

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        for field in ("reader_role_arn", "writer_role_arn", "permissions_boundary_arn"):
            self._check_place(field, data)
        if data.get("writer_role_arn") and "reader_role_arn" in data and not data["reader_role_arn"]:
            self.add_error("reader_role_arn", "Enter a reader role too. It can be the same role.")
        if "writer_role_arn" in self.changed_data:
            self.instance.sets_source_identity = False  # until the connection test has found out
        return data

    def _check_place(self, field: str, data: dict[str, object]) -> None:
        """Add an error if the ARN of the field belongs to another account or partition."""
        arn, what = parse(str(data.get(field) or "")), "policy" if field.startswith("permissions") else "role"
        if arn is None:
            return
        account_id, regions = data.get("account_id"), data.get("regions")
        if account_id and arn.account_id != account_id and arn.account_id != "aws":
            self.add_error(field, f"This {what} belongs to account {arn.account_id}, not to {account_id}.")
        if isinstance(regions, list) and partition_of(regions[0]) != arn.partition:
            text = f"This {what} is in the partition {arn.partition}, the regions are in {partition_of(regions[0])}."
            self.add_error(field, text)


def _role_arn(text: str) -> str:
    arn = text.strip()
    if arn and not role_account(arn):
        raise forms.ValidationError("This is not a role ARN. Use the form arn:aws:iam::123456789012:role/ecsdash.")
    return arn


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

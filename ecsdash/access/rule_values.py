"""An ownership rule as plain values: what forms, files and the audit trail show of it."""

from dataclasses import dataclass, fields
from typing import Any, Final, Self

from django.db.models import Model

from ecsdash.access.models import OwnershipRule, Team
from ecsdash.access.ownership import KINDS

#: Every account, or everybody as the owner.
ALL: Final = "*"
OTHER_LABELS: Final = {
    "role": "IAM role",
    "vpc": "VPC",
    "namespace": "Cloud Map namespace",
    "file_system": "EFS file system",
    "certificate": "ACM certificate",
    "object": "S3 object",
    "function": "Lambda function",
    "alarm": "CloudWatch alarm",
    "kms_key": "KMS key",
}
#: Kind -> its label, in the order of the form.
KIND_LABELS: Final = {kind: OTHER_LABELS.get(kind) or kind.replace("_", " ").capitalize() for kind in KINDS}


def kind_label(kind: str) -> str:
    return KIND_LABELS.get(kind) or kind.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class RuleValues:
    """`account` is an alias or ALL; `owner` the name of a team or ALL. Either `pattern` or `tag_key` is set."""

    account: str
    kind: str
    pattern: str
    tag_key: str
    tag_value: str
    owner: str
    note: str

    @classmethod
    def of(cls, rule: OwnershipRule) -> Self:
        account = rule.account.alias if rule.account else ALL
        owner = rule.team.name if rule.team else ALL
        return cls(account, rule.kind, rule.pattern, rule.tag_key, rule.tag_value, owner, rule.note)

    @property
    def things(self) -> tuple[str, ...]:
        """What the rule is about, without the owner and the note."""
        return self.account, self.kind, self.pattern, self.tag_key, self.tag_value

    @property
    def where(self) -> str:
        return "all accounts" if self.account == ALL else f"account {self.account}"

    @property
    def what(self) -> str:
        """`name shop-*`, `tag team` or `tag team = shop`."""
        if self.pattern:
            return f"name {self.pattern}"
        return f"tag {self.tag_key} = {self.tag_value}" if self.tag_value else f"tag {self.tag_key}"

    @property
    def whose(self) -> str:
        return "shared with everybody" if self.owner == ALL else f"team {self.owner}"

    def __str__(self) -> str:
        return f"{kind_label(self.kind)} with {self.what} in {self.where}: {self.whose}"

    def differences(self, other: Self) -> list[tuple[str, str, str]]:
        """Return (field, value here, value there) for each field that differs."""
        pairs = [(each.name, getattr(self, each.name), getattr(other, each.name)) for each in fields(self)]
        return [(name, here, there) for name, here, there in pairs if here != there]


@dataclass(frozen=True)
class KnownNames:
    """Primary keys of the accounts by alias, and of the teams by name: read once for any number of rules."""

    accounts: dict[str, Any]
    teams: dict[str, Any]

    @classmethod
    def read(cls) -> Self:
        accounts: Any = OwnershipRule._meta.get_field("account").related_model
        return cls(_keys(accounts, "alias"), _keys(Team, "name"))

    def write(self, values: RuleValues, rule: OwnershipRule) -> OwnershipRule:
        """Set the fields of an unsaved or saved rule."""
        rule.account_id, rule.team_id = self.accounts.get(values.account), self.teams.get(values.owner)
        rule.kind, rule.pattern, rule.note = values.kind, values.pattern, values.note
        rule.tag_key, rule.tag_value = values.tag_key, values.tag_value
        return rule


def _keys(model: type[Model], name: str) -> dict[str, Any]:
    return dict(model._default_manager.order_by(name).values_list(name, "pk"))

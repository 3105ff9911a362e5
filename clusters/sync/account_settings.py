"""Sweep of the account settings of ECS."""

from typing import Any

from clusters.models import AccountSetting
from ecsdash.aws.arns import arn, iam_arn
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record, replace
from ecsdash.inventory.sweeps.registry import sweeper


@sweeper("ecs_account_settings", choice=True)
def account_settings(scope: Scope) -> None:
    """Sweep the values of the account: those in effect for its root user, who has none of their own."""
    root = root_arn(scope.region, scope.account.account_id)
    listed = scope.connection().collect(
        "ecs.list_account_settings", "settings", effectiveSettings=True, principalArn=root
    )
    replace(AccountSetting, scope, [_record(scope, each) for each in listed], "ecs_account_settings")


def root_arn(region: str, account_id: str) -> str:
    return iam_arn(region, account_id, "root")


def _record(scope: Scope, data: dict[str, Any]) -> Record:
    """Return the record of one setting. ECS gives settings no ARN, so one is made from its name."""
    own = arn("ecs", scope.region, scope.account.account_id, f"account-setting/{data['name']}")
    return Record(own, data["name"], data, columns={"value": data["value"]})

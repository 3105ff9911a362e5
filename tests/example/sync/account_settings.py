from typing import Any

from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record, replace
from ecsdash.inventory.sweeps.registry import sweeper
from tests.example.models import AccountSetting


@sweeper("account_settings")
def account_settings(scope: Scope) -> None:
    listed = scope.connection().collect("ecs.list_account_settings", "settings", effectiveSettings=True)
    replace(AccountSetting, scope, [_record(scope, each) for each in listed], "account_settings")


def _record(scope: Scope, data: dict[str, Any]) -> Record:
    """Return the record of one setting. ECS gives settings no ARN, so one is made from its name."""
    arn = f"arn:aws:ecs:{scope.region}:{scope.account.account_id}:account-setting/{data['name']}"
    return Record(arn, data["name"], data, columns={"value": data["value"]})

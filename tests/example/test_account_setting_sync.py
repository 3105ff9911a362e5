from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from tests.example.models import AccountSetting
from tests.processes import Sandbox
from tests.users import REGION


def test_a_sweep_fills_the_rows_and_notices_a_change_made_elsewhere(aws_account: Account, sandbox: Sandbox) -> None:
    scope = Scope(aws_account, REGION)
    sweep_now(scope, "account_settings")

    rows = AccountSetting.objects.in_scope(aws_account, REGION)
    assert rows.get(name="containerInsights").value == "disabled"
    pages = sandbox.client("ecs").get_paginator("list_account_settings").paginate(effectiveSettings=True)
    assert rows.count() == sum(len(page["settings"]) for page in pages)

    sandbox.client("ecs").put_account_setting(name="containerInsights", value="enhanced")
    sweep_now(scope, "account_settings")

    assert rows.get(name="containerInsights").value == "enhanced"

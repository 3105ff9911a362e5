"""The AWS calls that every action declares."""

from collections.abc import Iterator

from ecsdash.access.permissions import Permission
from ecsdash.inventory.accounts.permissions import Need, Tier, need_source
from ecsdash.operations.actions import ACTIONS

TIERS = {Permission.DEPLOY: Tier.DEPLOY, Permission.OPERATE: Tier.OPERATE, Permission.ADMIN: Tier.ALL}


@need_source
def of_actions() -> Iterator[Need]:
    for action in ACTIONS.values():
        yield Need(action.label, TIERS[action.permission], action.calls)

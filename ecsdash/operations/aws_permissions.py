"""The AWS calls that every action declares."""

from collections.abc import Iterator

from ecsdash.access.permissions import Permission
from ecsdash.inventory.accounts.permissions import FeaturePermissions, PolicyLevel, permission_source
from ecsdash.operations.actions import ACTIONS

LEVELS = {
    Permission.DEPLOY: PolicyLevel.DEPLOY,
    Permission.OPERATE: PolicyLevel.OPERATE,
    Permission.ADMIN: PolicyLevel.ALL,
}


@permission_source
def of_actions() -> Iterator[FeaturePermissions]:
    for action in ACTIONS.values():
        yield FeaturePermissions(action.label, LEVELS[action.permission], action.calls)

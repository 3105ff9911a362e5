"""Operations in progress prevent the removal of their account."""

from ecsdash.inventory.accounts.removal import removal_check
from ecsdash.inventory.models import Account
from ecsdash.operations.models import Operation
from ecsdash.operations.states import ACTIVE


@removal_check
def operations_run(account: Account) -> str:
    running = Operation.objects.filter(account=account, state__in=[state.value for state in ACTIVE]).first()
    return f"An operation is in progress in this account: {running.plan_data['summary']}" if running else ""

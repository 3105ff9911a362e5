import pytest

from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from tests.external_changes.elsewhere import Elsewhere
from tests.processes import Sandbox
from tests.users import REGION


@pytest.fixture
def elsewhere(aws_account: Account, sandbox: Sandbox) -> Elsewhere:
    found = Elsewhere(Scope(aws_account, REGION), sandbox)
    found.build()
    return found

import pytest

from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from tests.cast import REGION
from tests.processes import Sandbox
from tests.services.task_stage import Stage


@pytest.fixture
def stage(aws_account: Account, sandbox: Sandbox) -> Stage:
    """The stage of task tests, built and swept."""
    found = Stage(Scope(aws_account, REGION), sandbox)
    found.build()
    return found

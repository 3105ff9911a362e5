import pytest

from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from tests.processes import Sandbox
from tests.services.simulated_services import SimulatedServices
from tests.users import REGION


@pytest.fixture
def stage(aws_account: Account, sandbox: Sandbox) -> SimulatedServices:
    """A cluster and task definitions, built and swept."""
    found = SimulatedServices(Scope(aws_account, REGION), sandbox)
    found.build()
    return found

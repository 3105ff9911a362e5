from typing import cast

import pytest
from django.utils import timezone

from clusters.forms.usual_roles import ECS_TASKS
from clusters.models import Role
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from tests.clusters.world import World
from tests.prepared import prepare
from tests.processes import Sandbox
from tests.services.definitions import ROLE
from tests.services.simulated_services import SimulatedServices
from tests.services.simulated_tasks import SimulatedTasks
from tests.users import REGION, make_account


@pytest.fixture
def stage(aws_account: Account, sandbox: Sandbox) -> SimulatedTasks:
    """The stage of task tests, built and swept."""
    found = SimulatedTasks(Scope(aws_account, REGION), sandbox)
    found.build()
    return found


@pytest.fixture
def empty_service_stage(aws_account: Account, sandbox: Sandbox) -> SimulatedServices:
    """The stage of service tests, not yet built."""
    return SimulatedServices(Scope(aws_account, REGION), sandbox)


@pytest.fixture
def service_stage(empty_service_stage: SimulatedServices) -> SimulatedServices:
    """The stage of service tests, built and swept."""
    empty_service_stage.build()
    return empty_service_stage


@pytest.fixture
def stage_without_aws(db: None) -> SimulatedTasks:
    """The account and its execution role only, for what needs neither AWS nor an inventory."""
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])
    Role.objects.create(
        account=account, arn=ROLE, name="ecsTaskExecutionRole", trusts=[ECS_TASKS], observed_at=timezone.now()
    )
    return SimulatedTasks(Scope(account, REGION), sandbox=cast(Sandbox, None))


@pytest.fixture
def scope(aws_account: Account, sandbox: Sandbox) -> Scope:
    """The scope of an empty simulated AWS, swept."""
    scope = Scope(aws_account, REGION)
    prepare("empty", scope, sandbox, lambda: sweep_now(scope))
    return scope


@pytest.fixture
def world(aws_account: Account, sandbox: Sandbox) -> World:
    """The simulated AWS, unswept."""
    return World(Scope(aws_account, REGION), sandbox)

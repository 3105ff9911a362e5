from typing import Any

import pytest

from clusters.models import Cluster
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from tests.cast import REGION
from tests.clusters.world import World
from tests.processes import Sandbox


@pytest.fixture
def scope(aws_account: Account) -> Scope:
    return Scope(aws_account, REGION)


@pytest.fixture
def world(scope: Scope, sandbox: Sandbox) -> World:
    """The simulated AWS with a network and a key pair, and the inventory as a sweep leaves it."""
    sandbox.client("ec2").create_key_pair(KeyName="ops")
    found = World(scope, sandbox)
    found.sweep()
    return found


@pytest.fixture
def ec2_data(world: World) -> dict[str, Any]:
    """What a user fills in to launch instances."""
    return world.launch_data()


@pytest.fixture
def shop(world: World) -> Cluster:
    """A cluster on Fargate."""
    world.client("ecs").create_cluster(clusterName="shop", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    world.sweep("clusters", "capacity_providers")
    return Cluster.objects.get(name="shop")

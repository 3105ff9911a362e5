import pytest

from clusters.models import Cluster
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from tests.clusters.world import Desk, World
from tests.prepared import prepare
from tests.processes import Sandbox
from tests.users import ACCOUNT, REGION, make_account


@pytest.fixture
def desk(db: None) -> Desk:
    """An account whose inventory has the options of forms. It has no AWS."""
    account = make_account(ACCOUNT, name="Demo", account_id="123456789012", regions=[REGION])
    desk = Desk(Scope(account, REGION))
    desk.fill()
    return desk


@pytest.fixture
def shop(desk: Desk) -> Cluster:
    """A cluster on Fargate, in the inventory only."""
    cluster: Cluster = desk.row(Cluster, "shop", status="ACTIVE", capacity_providers=["FARGATE", "FARGATE_SPOT"])
    return cluster


@pytest.fixture
def world(aws_account: Account, sandbox: Sandbox) -> World:
    """The simulated AWS with a network and a key pair, swept."""
    world = World(Scope(aws_account, REGION), sandbox)

    def build() -> None:
        world.client("ec2").create_key_pair(KeyName="ops")
        world.sweep()

    prepare("a network and a key pair", world.scope, sandbox, build)
    return world


@pytest.fixture
def real_shop(world: World) -> Cluster:
    """A cluster on Fargate in the simulated AWS."""
    world.client("ecs").create_cluster(
        clusterName="shop",
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        settings=[{"name": "containerInsights", "value": "disabled"}],
    )
    world.sweep("clusters")
    return Cluster.objects.get(name="shop")

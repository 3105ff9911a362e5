"""What happens to container instances is noted with its time, and shown; ECS itself keeps no such list."""

from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from clusters.models import Cluster, ContainerInstance, ContainerInstanceEvent
from clusters.sync.container_instance_events import recorded
from ecsdash.access.models import User
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from services.models import Service, ServiceEvent
from tests.clusters.world import World
from tests.inventory.test_retention import REGION, row
from tests.users import Users

SHOP = Q(cluster_name="shop")


@pytest.fixture
def scope(db: None) -> Scope:
    account = Account.objects.create(alias="demo", name="Demo", account_id="123456789012", regions=[REGION])
    row(Cluster, account, "shop", status="ACTIVE")
    return Scope(account, REGION)


def instance(scope: Scope, **more: Any) -> ContainerInstance:
    values = {"cluster_name": "shop", "container_instance_id": "c-1", "status": "ACTIVE", "agent_connected": True}
    found: ContainerInstance = row(ContainerInstance, scope.account, "i-1", **{**values, **more})
    return found


def change(scope: Scope, **columns: Any) -> None:
    with recorded(scope, SHOP & Q(gone_at=None)):
        ContainerInstance.objects.filter(name="i-1").update(**columns)


def told() -> list[str]:
    return [event.words for event in ContainerInstanceEvent.objects.order_by("pk")]


def test_a_new_instance_was_registered_when_ecs_says(scope: Scope) -> None:
    when = timezone.now()
    with recorded(scope, SHOP):
        instance(scope, registered_at=when)
    event = ContainerInstanceEvent.objects.get()
    assert (event.words, event.at, event.status) == ("Registered in the cluster", when, "ACTIVE")


def test_an_agent_that_is_lost_and_comes_back_a_drain_and_the_end_are_noted(scope: Scope) -> None:
    instance(scope)
    change(scope, agent_connected=False)
    change(scope, agent_connected=True)
    change(scope, status="DRAINING")
    change(scope, gone_at=timezone.now())
    assert told() == [
        "Its agent lost touch with ECS", "Its agent is back in touch", "Is now DRAINING", "Left the cluster",
    ]  # fmt: skip


def test_what_changes_nothing_that_matters_is_no_event(scope: Scope) -> None:
    instance(scope)
    change(scope, running_tasks_count=3)
    assert told() == []


def test_an_instance_that_comes_back_is_registered_again(scope: Scope) -> None:
    instance(scope, gone_at=timezone.now())
    with recorded(scope, SHOP):
        ContainerInstance.objects.update(gone_at=None)
    assert told() == ["Registered in the cluster"]


def test_the_pages_show_them_to_those_who_see_the_cluster(scope: Scope, client: Client, users: Users) -> None:
    instance(scope)
    change(scope, agent_connected=False)
    service = row(Service, scope.account, "web", cluster_name="shop", status="ACTIVE")
    ServiceEvent.objects.create(
        service=service, event_id="1", created_at=timezone.now(), message="reached a steady state"
    )
    client.force_login(users.viewer)
    for path in ("instances/i-1/", "events/"):
        assert "Its agent lost touch with ECS" in client.get(f"/demo/{REGION}/clusters/shop/{path}").content.decode()
    assert "reached a steady state" in client.get(f"/demo/{REGION}/clusters/shop/events/").content.decode()
    client.force_login(users.outsider)
    assert client.get(f"/demo/{REGION}/clusters/shop/events/").status_code == 404


def test_a_sweep_notes_what_it_sees(world: World, admin: User) -> None:
    world.cluster_with_instances(admin, number=1)
    (there,) = world.instances("farm")
    world.client("ecs").deregister_container_instance(cluster="farm", containerInstance=there.arn, force=True)
    world.sweep("clusters", "container_instances")
    assert told() == ["Registered in the cluster", "Left the cluster"]

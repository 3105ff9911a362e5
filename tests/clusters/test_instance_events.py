"""The changes of container instances are recorded as events, because ECS keeps no history of them."""

from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from clusters.models import Cluster, ContainerInstance, ContainerInstanceEvent
from clusters.sync.container_instance_events import recorded
from ecsdash.access.models import User
from ecsdash.inventory.scope import Scope
from services.models import Service, ServiceEvent
from tests.clusters.world import World
from tests.inventory.test_retention import REGION, row
from tests.users import Users, make_account

SHOP = Q(cluster_name="shop")


@pytest.fixture
def scope(db: None) -> Scope:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])
    row(Cluster, account, "shop", status="ACTIVE")
    return Scope(account, REGION)


def instance(scope: Scope, **more: Any) -> ContainerInstance:
    values = {"cluster_name": "shop", "container_instance_id": "c-1", "status": "ACTIVE", "agent_connected": True}
    container_instance: ContainerInstance = row(ContainerInstance, scope.account, "i-1", **{**values, **more})
    return container_instance


def change(scope: Scope, **columns: Any) -> None:
    with recorded(scope, SHOP & Q(gone_at=None)):
        ContainerInstance.objects.filter(name="i-1").update(**columns)


def recorded_texts() -> list[str]:
    return [event.text for event in ContainerInstanceEvent.objects.order_by("pk")]


def test_a_registration_has_the_time_that_ecs_reports(scope: Scope) -> None:
    when = timezone.now()
    with recorded(scope, SHOP):
        instance(scope, registered_at=when)
    event = ContainerInstanceEvent.objects.get()
    assert (event.text, event.at, event.status) == ("Registered in the cluster", when, "ACTIVE")


def test_agent_disconnects_status_changes_and_deregistration_are_recorded(scope: Scope) -> None:
    instance(scope)
    change(scope, agent_connected=False)
    change(scope, agent_connected=True)
    change(scope, status="DRAINING")
    change(scope, gone_at=timezone.now())
    assert recorded_texts() == [
        "Agent disconnected from ECS",
        "Agent reconnected to ECS",
        "Status changed to DRAINING",
        "Deregistered from the cluster",
    ]  # fmt: skip


def test_other_changes_are_not_recorded(scope: Scope) -> None:
    instance(scope)
    change(scope, running_tasks_count=3)
    assert recorded_texts() == []


def test_an_instance_that_comes_back_is_registered_again(scope: Scope) -> None:
    instance(scope, gone_at=timezone.now())
    with recorded(scope, SHOP):
        ContainerInstance.objects.update(gone_at=None)
    assert recorded_texts() == ["Registered in the cluster"]


def test_pages_show_the_events_to_users_who_may_see_the_cluster(scope: Scope, client: Client, users: Users) -> None:
    instance(scope)
    change(scope, agent_connected=False)
    service = row(Service, scope.account, "web", cluster_name="shop", status="ACTIVE")
    ServiceEvent.objects.create(
        service=service, event_id="1", created_at=timezone.now(), message="reached a steady state"
    )
    client.force_login(users.viewer)
    for path in ("instances/i-1/", "events/"):
        assert "Agent disconnected from ECS" in client.get(f"/demo/{REGION}/clusters/shop/{path}").content.decode()
    assert "reached a steady state" in client.get(f"/demo/{REGION}/clusters/shop/events/").content.decode()
    client.force_login(users.outsider)
    assert client.get(f"/demo/{REGION}/clusters/shop/events/").status_code == 404


def test_a_sweep_records_events(world: World, admin: User) -> None:
    world.cluster_with_instances(admin, number=1)
    (farm_instance,) = world.instances("farm")
    world.client("ecs").deregister_container_instance(cluster="farm", containerInstance=farm_instance.arn, force=True)
    world.sweep("clusters", "container_instances")
    assert recorded_texts() == ["Registered in the cluster", "Deregistered from the cluster"]

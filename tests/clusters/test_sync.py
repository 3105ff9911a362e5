import json
from typing import Any

import pytest

from clusters.models import (
    CapacityProvider,
    Cluster,
    ContainerInstance,
    InstanceType,
    MachineImage,
    Role,
    SecurityGroup,
    Subnet,
    Vpc,
)
from ecsdash.access.models import User
from ecsdash.aws.calls import Connection
from ecsdash.aws.errors import Unavailable
from ecsdash.inventory.choices import choices
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import Scope
from tests.clusters.managed_instances import make_roles, new_managed
from tests.clusters.world import World


def test_a_cluster_is_stored_with_its_settings_and_tags(world: World) -> None:
    world.client("ecs").create_cluster(
        clusterName="shop",
        settings=[{"name": "containerInsights", "value": "enabled"}],
        tags=[{"key": "team", "value": "web"}],
    )
    world.sweep("clusters")

    row = Cluster.objects.get(name="shop")
    assert (row.status, row.container_insights, row.tags) == ("ACTIVE", "enabled", {"team": "web"})
    assert row.url_kwargs() == {"account": "demo", "region": "eu-central-1", "cluster": "shop"}


def test_more_clusters_than_one_batch_are_all_stored(world: World) -> None:
    for number in range(103):
        world.client("ecs").create_cluster(clusterName=f"c{number}")
    world.sweep("clusters")

    assert Cluster.objects.present().count() == 103


def test_a_deleted_cluster_is_marked_as_gone_and_comes_back_under_its_name(world: World) -> None:
    ecs = world.client("ecs")
    ecs.create_cluster(clusterName="shop")
    world.sweep("clusters")
    ecs.delete_cluster(cluster="shop")
    world.sweep("clusters")
    assert Cluster.objects.get(name="shop").gone_at is not None

    ecs.create_cluster(clusterName="shop")
    world.sweep("clusters")
    assert Cluster.objects.get(name="shop").gone_at is None


def test_a_sweep_that_fails_half_way_marks_nothing_as_gone(
    world: World, real_shop: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Connection, *args: Any, **params: Any) -> list[Any]:
        raise Unavailable("ServerException", "Service Unavailable")

    monkeypatch.setattr(Connection, "describe", broken)
    world.sweep("clusters")

    real_shop.refresh_from_db()
    assert real_shop.gone_at is None
    assert freshness(world.scope, "clusters").error_code == "ServerException"


def test_an_instance_is_stored_with_its_type_zone_and_resources(world: World, operator: User) -> None:
    world.cluster_with_instances(operator, number=1)
    world.run_service("farm", count=1)

    container_instance = ContainerInstance.objects.get()
    assert container_instance.name.startswith("i-")
    assert container_instance.instance_type == "t3.medium"
    assert container_instance.availability_zone.startswith("eu-central-1")
    assert container_instance.registered_cpu == 2048
    assert container_instance.registered_cpu - container_instance.remaining_cpu == 512
    assert container_instance.registered_memory - container_instance.remaining_memory == 512
    assert container_instance.running_tasks_count == 1


def test_instances_of_a_deleted_cluster_are_marked_as_gone(world: World, operator: User) -> None:
    world.cluster_with_instances(operator, number=1)
    arn = ContainerInstance.objects.get().arn
    ecs = world.client("ecs")
    ecs.deregister_container_instance(cluster="farm", containerInstance=arn, force=True)
    ecs.delete_cluster(cluster="farm")
    world.sweep("clusters", "container_instances")

    assert ContainerInstance.objects.get().gone_at is not None


def test_the_options_of_forms_are_stored(world: World) -> None:
    assert Vpc.objects.filter(is_default=True).exists()
    assert Subnet.objects.exclude(availability_zone="").count() == 3
    assert SecurityGroup.objects.exclude(vpc_id="").exists()
    assert MachineImage.objects.get(label="Amazon Linux 2023").image_id.startswith("ami-")
    assert InstanceType.objects.get(name="t3.medium").memory == 4096
    assert InstanceType.objects.get(name="t4g.small").architecture == "arm64"
    assert set(CapacityProvider.objects.values_list("name", flat=True)) == {"FARGATE", "FARGATE_SPOT"}


def test_roles_have_no_region(world: World, admin: User) -> None:
    trust = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
        '"Principal": {"Service": ["ecs-tasks.amazonaws.com"]}, "Action": "sts:AssumeRole"}]}'
    )
    world.client("iam").create_role(RoleName="task", AssumeRolePolicyDocument=trust)
    world.sweep("roles")
    elsewhere = Scope(world.scope.account, "us-east-1")

    assert Role.objects.get(name="task").trusts == ["ecs-tasks.amazonaws.com"]
    assert choices(Role, admin, elsewhere).filter(name="task").exists()
    assert not choices(Subnet, admin, elsewhere).exists()


def test_a_provider_of_managed_instances_is_known_as_soon_as_its_cluster_is(world: World, real_shop: Cluster) -> None:
    """A list without a cluster does not have it, so a sweep of the providers alone cannot know it."""
    make_roles(world)
    settings = json.loads(new_managed(world)["json"])
    world.client("ecs").create_capacity_provider(cluster="shop", **settings)
    world.sweep("capacity_providers")
    assert not CapacityProvider.objects.filter(name="managed").exists()
    world.sweep("clusters")
    assert CapacityProvider.objects.get(name="managed").cluster_name == "shop"
    world.sweep("capacity_providers")
    assert CapacityProvider.objects.get(name="managed").gone_at is None

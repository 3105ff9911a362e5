"""Capacity providers of ECS Managed Instances: created, used by tasks, edited and deleted."""

import json
from typing import Any

import pytest
from django.test import Client

from clusters.forms.managed_instances.words import setting_lines
from clusters.models import CapacityProvider, Cluster, ContainerInstance
from ecsdash.access.models import Grant, User
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.plan import Level
from tests.clusters.managed_instances import KEEP, edited, fill_roles, make_roles, new_managed
from tests.clusters.world import Desk, World, calls

AT = "managed instances provider > instance launch template"
STRATEGY = [{"capacityProvider": "managed", "weight": 1, "base": 0}]


def run_task(world: World) -> str:
    """Run a task on the provider, and return its ARN."""
    ecs = world.client("ecs")
    ecs.register_task_definition(
        family="tool", networkMode="awsvpc", requiresCompatibilities=["MANAGED_INSTANCES"], cpu="256", memory="512",
        containerDefinitions=[{"name": "app", "image": "demo/app:1.0"}],
    )  # fmt: skip
    network = {"subnets": world.launch_data()["subnets"]}
    answer = ecs.run_task(
        cluster="shop", taskDefinition="tool", networkConfiguration={"awsvpcConfiguration": network},
        capacityProviderStrategy=[{"capacityProvider": "managed", "weight": 1}],
    )  # fmt: skip
    return str(answer["tasks"][0]["taskArn"])


def test_a_provider_launches_instances_for_tasks_is_edited_and_deleted(
    world: World, admin: User, real_shop: Cluster, client: Client
) -> None:
    make_roles(world)
    form = {**new_managed(world, storageConfiguration={"storageSizeGiB": 100}), **KEEP, "strategy": "only"}
    operation = world.run("create_managed_instances", admin, form, cluster="shop")
    assert calls(operation.plan) == ["ecs.create_capacity_provider", "ecs.put_cluster_capacity_providers"]
    real_shop.refresh_from_db()
    assert real_shop.capacity_providers == ["FARGATE", "FARGATE_SPOT", "managed"]
    assert real_shop.description["defaultCapacityProviderStrategy"] == STRATEGY

    task = run_task(world)
    world.sandbox.step(90)
    world.sweep("clusters", "container_instances", "tasks")
    instance = ContainerInstance.objects.get(capacity_provider_name="managed")

    change = world.run("edit_managed_instances", admin, edited(monitoring="DETAILED"), capacity_provider="managed")
    provider = CapacityProvider.objects.get(name="managed")
    assert provider.managed_instances["instanceLaunchTemplate"]["monitoring"] == "DETAILED"
    client.force_login(admin)
    page = client.get(provider.get_absolute_url()).content.decode()
    assert "Detailed: every minute, charged" in page
    assert instance.name in page
    world.undo(change, admin)

    world.client("ecs").stop_task(cluster="shop", task=task)
    world.sandbox.step(60)
    world.undo(operation, admin)
    assert CapacityProvider.objects.get(name="managed").gone_at is not None
    real_shop.refresh_from_db()
    assert real_shop.capacity_providers == ["FARGATE", "FARGATE_SPOT"]
    world.sandbox.step(60)
    world.sweep("container_instances")
    assert not ContainerInstance.objects.filter(gone_at=None).exists()


def test_the_call_has_the_document_as_it_was_written(desk: Desk, admin: User, shop: Cluster) -> None:
    fill_roles(desk)
    form = new_managed(desk, instanceRequirements={"vCpuCount": {"min": 2}, "memoryMiB": {"min": 4096, "max": 4096}})
    plan = desk.review("create_managed_instances", admin, form, cluster="shop")
    (step,) = plan.steps
    assert step.params["managedInstancesProvider"] == json.loads(form["json"])["managedInstancesProvider"]
    assert step.params["cluster"] == "shop"
    assert "Minimum vCPUs" in {change.path for change in plan.changes}
    assert [check.title for check in plan.checks] == [
        "The instances use the role ecsInstanceRole",
        "1 of the 2 known instance types have the vCPUs and the memory",
    ]


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ({"networkConfiguration": {"subnets": []}}, "network configuration > subnets"),
        ({"networkConfiguration": {"subnets": ["subnet-x"]}}, "network configuration > subnets"),
        ({"ec2InstanceProfileArn": "other"}, "ec2 instance profile ARN"),
        ({"storageConfiguration": {"storageSizeGiB": 0}}, "storage configuration > storage size gi b"),
        ({"capacityOptionType": "CHEAP"}, "capacity option type"),
        ({"instanceRequirements": {"vCpuCount": {"min": 2}}}, "instance requirements > memory mi b"),
        ({"instanceRequirements": {"vCpuCount": {"min": 4, "max": 2}, "memoryMiB": {"min": 1}}},
         "instance requirements > vCPU count > max"),
        ({"instanceRequirements": {"vCpuCount": {"min": 1}, "memoryMiB": {"min": 1}, "allowedInstanceTypes": ["a"],
                                   "excludedInstanceTypes": ["b"]}}, "instance requirements > excluded instance types"),
        ({"instanceRequirements": {"vCpuCount": {"min": 1}, "memoryMiB": {"min": 1},
                                   "acceleratorCount": {"min": 1}}}, "instance requirements > accelerator types"),
        ({"nitroEnclavesEnabled": True, "localStorageConfiguration": {"useLocalStorage": True}},
         "nitro enclaves enabled"),
    ],
)  # fmt: skip
def test_what_ecs_would_refuse_is_refused_at_its_place(
    desk: Desk, admin: User, shop: Cluster, template: dict[str, Any], place: str
) -> None:
    fill_roles(desk)
    errors = desk.errors("create_managed_instances", admin, new_managed(desk, **template), cluster="shop")
    assert [text.partition(":")[0] for text in errors["__all__"]] == [f"{AT} > {place}"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("ecs-own", "The name is not valid"), ("taken", "already exists"), ("", "The name is not valid")],
)
def test_a_name_is_valid_and_new(desk: Desk, admin: User, shop: Cluster, name: str, words: str) -> None:
    fill_roles(desk)
    desk.row(CapacityProvider, "taken", status="ACTIVE")
    errors = desk.errors("create_managed_instances", admin, new_managed(desk, name), cluster="shop")
    assert words in errors["__all__"][0]


def test_a_strategy_does_not_mix_managed_instances_with_other_capacity(desk: Desk, admin: User, shop: Cluster) -> None:
    fill_roles(desk)
    shop.description = {"defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]}
    shop.save()
    errors = desk.errors("create_managed_instances", admin, {**new_managed(desk), "strategy": "add"}, cluster="shop")
    assert "cannot be mixed" in errors["strategy"][0]


@pytest.fixture
def managed(desk: Desk, shop: Cluster) -> CapacityProvider:
    """A provider of Spot Instances, in the inventory only."""
    fill_roles(desk)
    settings = json.loads(new_managed(desk, capacityOptionType="SPOT", monitoring="BASIC")["json"])
    found: CapacityProvider = desk.row(
        CapacityProvider, "managed", status="ACTIVE", description={"cluster": "shop", **settings}
    )
    return found


def test_what_cannot_be_changed_later_is_said_at_its_place(desk: Desk, admin: User, managed: CapacityProvider) -> None:
    form = edited(capacityOptionType="ON_DEMAND")
    errors = desk.errors("edit_managed_instances", admin, form, capacity_provider="managed")
    assert errors["__all__"] == [
        f"{AT} > capacity option type: capacityOptionType cannot be changed after the creation. Remove it, or create "
        "another provider."
    ]


def test_a_setting_that_is_left_out_is_warned_of(desk: Desk, admin: User, managed: CapacityProvider) -> None:
    template = dict(managed.managed_instances["instanceLaunchTemplate"])
    for name in ("capacityOptionType", "monitoring"):
        del template[name]
    settings = {**managed.managed_instances, "instanceLaunchTemplate": template}
    form = {"json": json.dumps({"managedInstancesProvider": settings})}
    plan = desk.review("edit_managed_instances", admin, form, capacity_provider="managed")
    assert [check.title for check in plan.checks if check.level is Level.WARN] == [
        "ECS may keep what is left out: Monitoring"
    ]


def test_a_role_is_passed_only_by_those_who_may(desk: Desk, operator: User, shop: Cluster) -> None:
    fill_roles(desk)
    errors = desk.errors("create_managed_instances", operator, new_managed(desk), cluster="shop")
    assert "you may not use it" in errors["__all__"][0]
    Grant.objects.filter(role="operator").update(pass_roles=["ecsInfrastructure*"])
    granted = User.objects.get(pk=operator.pk)
    plan = desk.review("create_managed_instances", granted, new_managed(desk), cluster="shop")
    assert plan.summary == "Create the capacity provider managed in shop"


def test_each_kind_of_provider_has_its_own_form(managed: CapacityProvider) -> None:
    fargate = CapacityProvider.objects.get(name="FARGATE")
    assert ACTIONS["edit_managed_instances"].unavailable(fargate) == "AWS manages this capacity provider."
    assert "Only providers with an Auto Scaling group" in ACTIONS["edit_capacity_provider"].unavailable(managed)


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        ({}, {}),
        ({"instanceLaunchTemplate": {"instanceRequirements": {"memoryMiB": {"min": 2048, "max": 8192}}}},
         {"Minimum memory": "2048 MiB", "Maximum memory": "8192 MiB"}),
        ({"instanceLaunchTemplate": {"instanceRequirements": {"cpuManufacturers": ["intel", "amd"]},
                                     "fipsEnabled": False}},
         {"CPU manufacturers": "Intel, AMD", "FIPS 140-2 modules": "Off"}),
        ({"newMember": {"ofLater": 3}}, {"Of later": "3"}),
    ],
)  # fmt: skip
def test_each_setting_is_a_line(settings: dict[str, Any], lines: dict[str, str]) -> None:
    assert setting_lines(settings) == lines


def test_a_cluster_takes_its_provider_along_and_never_terminates_its_instances_itself(
    desk: Desk, admin: User, shop: Cluster, managed: CapacityProvider
) -> None:
    shop.capacity_providers = [*shop.capacity_providers, managed.name]
    shop.save()
    instance = desk.instance("i-1", capacity_provider_name=managed.name)
    plan = desk.review("delete_cluster", admin, {}, cluster="shop")
    assert calls(plan) == [
        "ecs.put_cluster_capacity_providers", "ecs.delete_capacity_provider", "ecs.deregister_container_instance",
        "ecs.delete_cluster",
    ]  # fmt: skip
    assert plan.steps[1].params == {"capacityProvider": "managed", "cluster": "shop"}
    assert not [check for check in plan.checks if "keep running" in check.title]
    errors = desk.errors("terminate_container_instance", admin, {}, cluster="shop", instance=instance.name)
    assert errors["__all__"] == ["ECS terminates i-1 itself: drain Managed Instances instead."]


def test_deleting_a_provider_says_what_becomes_of_its_instances(
    desk: Desk, admin: User, managed: CapacityProvider
) -> None:
    desk.instance("i-1", capacity_provider_name=managed.name)
    plan = desk.review("delete_capacity_provider", admin, {}, capacity_provider="managed")
    assert "ECS drains and terminates 1 instance of it" in [check.title for check in plan.checks]

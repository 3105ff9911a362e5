"""Events of tasks keep what instances, services and clusters count in step with ECS's own numbers."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clusters.models import Cluster, ContainerInstance
from clusters.sync.clusters import InstancesOfClusters
from ecsdash.access.models import User
from ecsdash.inventory.events.intake import apply_batch
from ecsdash.inventory.models import FeedProgress
from ecsdash.inventory.scope import Scope
from services.models import Service, Task
from tests.inventory.events.conftest import Feed, event, messages
from tests.users import Users

SWEPT = ("clusters", "container_instances", "services", "tasks", "task_definitions")
INSTANCE = ("runningTasksCount", "pendingTasksCount", "remainingResources")
SERVICE = ("runningCount", "pendingCount")
CLUSTER = (
    "runningTasksCount", "pendingTasksCount", "activeServicesCount", "registeredContainerInstancesCount",
)  # fmt: skip


@pytest.fixture
def farm(feed: Feed, users: Users) -> Feed:
    """Two instances, and a service of one task with a fixed and a dynamic host port; all of it swept, events read."""
    feed.world.client("ec2").create_key_pair(KeyName="ops")
    feed.world.sweep()
    feed.world.cluster_with_instances(users.operator, number=2)
    ecs = feed.world.client("ecs")
    ports = [{"containerPort": 80, "hostPort": 8080}, {"containerPort": 81}]
    container = {"name": "web", "image": "nginx:1", "cpu": 512, "memory": 512, "portMappings": ports}
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    feed.world.sandbox.step(60)
    feed.world.sweep(*SWEPT)
    feed.read()
    ecs.create_service(cluster="farm", serviceName="web", taskDefinition="web", desiredCount=1, launchType="EC2")
    return feed


def sorted_ports(described: dict[str, Any]) -> dict[str, Any]:
    remaining = [
        {**each, "stringSetValue": sorted(each["stringSetValue"])} if "stringSetValue" in each else each
        for each in described["remainingResources"]
    ]
    return {**described, "remainingResources": remaining}


def told_by_ecs(feed: Feed) -> list[dict[str, Any]]:
    ecs = feed.world.client("ecs")
    arns = ecs.list_container_instances(cluster="farm")["containerInstanceArns"]
    instances = ecs.describe_container_instances(cluster="farm", containerInstances=sorted(arns))
    cluster = ecs.describe_clusters(clusters=["farm"])["clusters"][0]
    service = ecs.describe_services(cluster="farm", services=["web"])["services"][0]
    own = [sorted_ports({name: each[name] for name in INSTANCE}) for each in instances["containerInstances"]]
    return [*own, {name: service[name] for name in SERVICE}, {name: cluster[name] for name in CLUSTER}]


def kept(feed: Feed) -> list[dict[str, Any]]:
    instances = ContainerInstance.objects.filter(gone_at=None).order_by("arn")
    own = [sorted_ports({name: each.description[name] for name in INSTANCE}) for each in instances]
    service, cluster = Service.objects.get().description, Cluster.objects.get(name="farm").description
    return [*own, {name: service[name] for name in SERVICE}, {name: cluster[name] for name in CLUSTER}]


def columns(feed: Feed) -> list[tuple[int, ...]]:
    names = ("running_tasks_count", "pending_tasks_count", "remaining_cpu", "remaining_memory")
    return list(ContainerInstance.objects.order_by("arn").values_list(*names))


def test_events_alone_keep_the_counts_equal_to_those_of_ecs(farm: Feed) -> None:
    ecs = farm.world.client("ecs")
    for change in ("start", "run", "more", "fewer", "stop"):
        if change == "more":
            ecs.update_service(cluster="farm", service="web", desiredCount=2)
        if change == "fewer":
            ecs.update_service(cluster="farm", service="web", desiredCount=1)
        if change == "stop":
            ecs.update_service(cluster="farm", service="web", desiredCount=0)
        for seconds in (1, 2, 4, 60):
            farm.world.sandbox.step(seconds)
            farm.read()
            assert kept(farm) == told_by_ecs(farm), f"{change}, {seconds} s later"


def test_the_columns_of_lists_follow_too(farm: Feed) -> None:
    before = columns(farm)
    farm.world.sandbox.step(60)
    farm.read()
    after = columns(farm)
    (running,) = [row for row in after if row[0] == 1]
    assert (running[2], running[3]) == (before[0][2] - 512, before[0][3] - 512)


def test_a_sweep_afterwards_changes_nothing_that_events_have_told(farm: Feed) -> None:
    farm.world.sandbox.step(60)
    farm.read()
    told = kept(farm)
    farm.world.sweep(*SWEPT)
    assert kept(farm) == told == told_by_ecs(farm)


def test_a_sweep_sets_right_what_a_lost_event_left(farm: Feed) -> None:
    farm.world.sandbox.step(60)
    farm.read()
    Task.objects.all().delete()
    farm.world.client("ecs").update_service(cluster="farm", service="web", desiredCount=2)
    farm.world.sandbox.step(60)
    farm.read()
    assert kept(farm) != told_by_ecs(farm)
    farm.world.sweep(*SWEPT)
    assert kept(farm) == told_by_ecs(farm)


def test_a_sweep_that_was_slower_than_an_event_does_not_undo_it(farm: Feed) -> None:
    """ECS had described the instance before the task started; the event was stored before that description."""
    scope = Scope(farm.row.account, farm.row.region)
    sweep = InstancesOfClusters(scope)
    early = sweep.describe("farm", sweep.list_arns("farm"))
    farm.world.sandbox.step(60)
    farm.read()
    FeedProgress.objects.update(polled_at=timezone.now())
    sweep.store("farm", early)
    assert kept(farm) == told_by_ecs(farm)


def test_a_batch_costs_one_count_however_many_tasks_it_tells_of(farm: Feed, admin: User) -> None:
    farm.world.sandbox.step(60)
    farm.read()
    here = Task.objects.get()

    def batch(number: int, version: int) -> int:
        bodies = [
            event("ECS Task State Change", {
                **here.description, "taskArn": f"{here.arn}{each}", "version": version, "lastStatus": "RUNNING",
            })
            for each in range(number)
        ]  # fmt: skip
        with CaptureQueriesContext(
            connection,
        ) as queries:
            apply_batch(farm.row, messages(*bodies))
        return len(queries)

    batch(50, 100)
    assert batch(50, 101) <= batch(1, 102) + 5

"""What ECS sends no events of is described every second or so: the messages of services that deploy or are shown."""

import threading
from datetime import timedelta

from django.utils import timezone

from ecsdash.inventory import viewers
from ecsdash.inventory.events import watcher
from ecsdash.inventory.events.watcher import Watcher
from services.models import Service, ServiceEvent
from services.statuses import ServiceHealth
from tests.inventory.events.conftest import Feed


def prepared(feed: Feed) -> Watcher:
    """Create the service `web`, which no instance can run, and sweep it before ECS says so."""
    ecs = feed.world.client("ecs")
    ecs.create_cluster(clusterName="shop")
    container = {"name": "web", "image": "nginx:1", "memory": 64, "essential": True}
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=1, launchType="EC2")
    feed.world.sweep("clusters", "services", "tasks")
    return Watcher(feed.row, threading.Event())


def test_the_message_of_a_service_that_deploys_is_there_after_one_round_without_an_event(feed: Feed) -> None:
    found = prepared(feed)
    assert Service.objects.get().health == ServiceHealth.DEPLOYING
    feed.world.sandbox.step(5)

    assert found.attempt() == watcher.WATCH_SECONDS

    assert "unable to place a task" in ServiceEvent.objects.get().message
    assert Service.objects.get().health == ServiceHealth.UNPLACED


def test_a_service_at_rest_is_described_only_while_a_page_shows_it_once_for_all_viewers(feed: Feed) -> None:
    found = prepared(feed)
    Service.objects.update(rollout_state="COMPLETED", desired_count=0)
    feed.world.sandbox.calls()
    found.attempt()
    assert "ecs:DescribeServices" not in feed.world.sandbox.calls()["calls"]

    service = Service.objects.get()
    for _ in range(3):
        viewers.note_resource(service.account_id, service.region, service.arn)
    found.attempt()

    assert feed.world.sandbox.calls()["calls"]["ecs:DescribeServices"] == 1


def test_what_has_lacked_tasks_for_hours_is_described_less_often(feed: Feed) -> None:
    found = prepared(feed)
    long_ago = timezone.now() - timedelta(hours=3)
    Service.objects.update(deployed_at=long_ago, last_event_at=long_ago)
    feed.world.sandbox.calls()
    numbers = []
    for _ in range(3):
        Service.objects.update(deployed_at=long_ago, last_event_at=long_ago)
        found.attempt()
        numbers.append(feed.world.sandbox.calls()["calls"].get("ecs:DescribeServices", 0))
    assert numbers == [1, 0, 0]

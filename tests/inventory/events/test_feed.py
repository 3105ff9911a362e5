"""From a change in the simulated AWS, over EventBridge and SQS, to the inventory."""

from typing import Any

import pytest

from clusters.models import Cluster, ContainerInstance
from ecsdash.access.models import User
from ecsdash.inventory.models import EventFeed, FeedProgress, PendingDescribe
from ecsdash.inventory.sweeps import run
from services.models import Service, ServiceDeployment, ServiceEvent, Task
from tests.inventory.events.conftest import Feed

TASK_VALUES = ("arn", "last_status", "desired_status", "version", "service_name", "stop_code", "private_ip", "gone_at")


def run_service(feed: Feed, count: int = 2) -> None:
    ecs, ec2 = feed.world.client("ecs"), feed.world.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    ecs.create_cluster(clusterName="shop")
    container = {"name": "web", "image": "nginx:1", "essential": True}
    ecs.register_task_definition(
        family="web", containerDefinitions=[container], networkMode="awsvpc", cpu="256", memory="512",
        requiresCompatibilities=["FARGATE"],
    )  # fmt: skip
    ecs.create_service(
        cluster="shop", serviceName="web", taskDefinition="web", desiredCount=count, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}},
    )  # fmt: skip
    feed.world.sandbox.step(60)


def tasks() -> list[dict[str, Any]]:
    return list(Task.objects.order_by("arn").values(*TASK_VALUES))


def test_a_new_service_and_its_tasks_appear_without_a_sweep(feed: Feed) -> None:
    run_service(feed)
    feed.read()

    assert [each["last_status"] for each in tasks()] == ["RUNNING", "RUNNING"]
    service = Service.objects.get(name="web")
    assert (service.desired_count, service.running_count, service.health) == (2, 2, "Steady")
    assert ServiceDeployment.objects.filter(service_name="web").count() == 1
    assert ServiceEvent.objects.filter(service=service).exists()
    assert not PendingDescribe.objects.exists()


def test_what_events_wrote_is_what_a_sweep_finds(feed: Feed) -> None:
    run_service(feed)
    feed.read()
    by_events = tasks()

    feed.world.sweep("clusters", "tasks")

    assert tasks() == by_events


def test_nothing_is_left_in_the_queue_once_it_is_stored_and_the_end_has_come(feed: Feed) -> None:
    run_service(feed)
    assert feed.waiting() > 4
    feed.read()
    feed.reader.flush()
    assert feed.waiting() == 0
    assert feed.progress.applied > 4


def test_a_stopped_task_is_kept_with_its_reason(feed: Feed) -> None:
    run_service(feed, count=1)
    feed.read()
    arn = Task.objects.get().arn
    feed.world.client("ecs").stop_task(cluster="shop", task=arn, reason="enough")
    feed.world.sandbox.step(60)
    feed.read()

    stopped = Task.objects.get(arn=arn)
    assert (stopped.last_status, stopped.stop_code, stopped.stopped_reason) == ("STOPPED", "UserInitiated", "enough")
    assert Task.objects.filter(last_status="RUNNING").count() == 1


def test_tags_stay_though_events_do_not_carry_them(feed: Feed) -> None:
    run_service(feed, count=1)
    feed.world.sweep("clusters", "tasks")
    Task.objects.update(tags={"team": "web"}, version=1)
    Task.objects.update(description={"tags": [{"key": "team", "value": "web"}]})
    feed.read()
    assert Task.objects.get().tags == {"team": "web"}


def test_a_deleted_service_is_marked_as_gone(feed: Feed) -> None:
    run_service(feed)
    feed.world.sweep("clusters", "services")
    feed.world.client("ecs").delete_service(cluster="shop", service="web", force=True)
    feed.world.sandbox.step(120)
    feed.read()

    assert Service.objects.get(name="web").gone_at is not None


def test_an_instance_comes_drains_and_goes(feed: Feed, operator: User) -> None:
    feed.world.sandbox.client("ec2").create_key_pair(KeyName="ops")
    feed.world.sweep()
    cluster = feed.world.cluster_with_instances(operator, 1)
    ContainerInstance.objects.all().delete()
    feed.read()
    found = ContainerInstance.objects.get()
    assert (found.cluster_name, found.status, found.agent_connected) == ("farm", "ACTIVE", True)

    ecs = feed.world.client("ecs")
    ecs.update_container_instances_state(cluster=cluster.name, containerInstances=[found.arn], status="DRAINING")
    feed.read()
    assert ContainerInstance.objects.get().status == "DRAINING"

    ecs.deregister_container_instance(cluster=cluster.name, containerInstance=found.arn, force=True)
    feed.read()
    assert ContainerInstance.objects.get().gone_at is not None


@pytest.mark.parametrize("seed", [1, 2])
def test_doubled_shuffled_and_lost_events_end_as_the_api_has_it(feed: Feed, seed: int) -> None:
    for name, rate in (("events-doubled", 0.2), ("events-shuffled", 1.0), ("events-lost", 0.01 * seed)):
        feed.world.sandbox._door("POST", "faults", {"name": name, "on": True, "rate": rate})
    run_service(feed, count=10 * seed)
    feed.world.client("ecs").update_service(cluster="shop", service="web", desiredCount=3)
    feed.world.sandbox.step(120)
    feed.read()
    versions = dict(Task.objects.values_list("arn", "version"))

    feed.world.sweep("clusters", "tasks", "services")

    api = feed.world.client("ecs")
    listed = [arn for status in ("RUNNING", "STOPPED")
              for arn in api.list_tasks(cluster="shop", desiredStatus=status)["taskArns"]]  # fmt: skip
    described = {task["taskArn"]: task for task in api.describe_tasks(cluster="shop", tasks=listed)["tasks"]}
    stored = {task.arn: task for task in Task.objects.filter(gone_at=None)}
    assert {arn: (row.last_status, row.version) for arn, row in stored.items()} == {
        arn: (task["lastStatus"], task["version"]) for arn, task in described.items()
    }
    assert all(stored[arn].version >= version for arn, version in versions.items())


def test_disconnecting_removes_rule_and_queue_and_sweeping_notices(feed: Feed, admin: User) -> None:
    operation = feed.world.run("disconnect_events", admin, {})
    feed.world.sweep("event_feeds")

    assert not feed.world.client("events").list_rules()["Rules"]
    assert not feed.world.client("sqs").list_queues().get("QueueUrls")
    assert EventFeed.objects.get().gone_at is not None
    assert operation.plan.undo is not None


def test_connecting_is_undone_by_disconnecting(feed: Feed, admin: User) -> None:
    disconnect = feed.world.run("disconnect_events", admin, {})
    feed.world.sandbox.step(90)
    feed.world.sweep("event_feeds")
    feed.world.undo(disconnect, admin)
    feed.world.sweep("event_feeds")
    assert EventFeed.objects.get().connected


def test_a_rule_that_was_switched_off_is_told_and_mended(feed: Feed, admin: User) -> None:
    feed.world.client("events").disable_rule(Name="ecsdash-events")
    feed.world.sweep("event_feeds")
    broken = EventFeed.objects.get()
    assert (broken.connected, broken.problem) == (False, "The rule ecsdash-events is disabled.")

    feed.world.run("connect_events", admin, {})
    feed.world.sweep("event_feeds")
    assert EventFeed.objects.get().connected


def test_a_queue_that_is_gone_is_told_and_ends_the_flow(feed: Feed) -> None:
    feed.world.client("sqs").delete_queue(QueueUrl=feed.row.queue_url)
    assert feed.reader.attempt() > 1
    assert FeedProgress.objects.get().error_code != ""


def test_an_account_without_a_feed_has_none(feed: Feed) -> None:
    feed.world.client("events").remove_targets(Rule="ecsdash-events", Ids=["ecsdash"])
    feed.world.client("events").delete_rule(Name="ecsdash-events")
    run.sweep_now(feed.world.scope, "event_feeds")
    assert not EventFeed.objects.filter(gone_at=None).exists()
    assert not Cluster.objects.exists()

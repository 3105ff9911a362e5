from collections.abc import Iterator

import pytest

from ecsdash.sandbox.scenarios import named, second_account, small
from ecsdash.sandbox.world import World
from tests.sandbox.conftest import Sandbox


@pytest.fixture
def scenario() -> Iterator[Sandbox]:
    world = World(speed=0)
    world.reset()
    world.start(small)
    yield Sandbox(world)
    world.stop()


def test_the_small_scenario_has_something_good_something_bad_and_moves_by_itself(scenario: Sandbox) -> None:
    scenario.step(60)
    ecs = scenario.client("ecs")
    deployed = ecs.describe_services(cluster="shop", services=["checkout"])["services"][0]["taskDefinition"]
    scenario.step(100)
    following = ecs.describe_services(cluster="shop", services=["checkout"])["services"][0]["taskDefinition"]
    assert following != deployed
    scenario.step(300)
    services = ecs.describe_services(cluster="shop", services=["web", "checkout", "worker"])["services"]
    web, checkout, worker = services
    assert (web["runningCount"], web["desiredCount"]) == (3, 3)
    assert (checkout["runningCount"], checkout["deployments"][0]["rolloutState"]) == (2, "COMPLETED")
    assert any("unable to consistently start tasks" in event["message"] for event in worker["events"])
    assert scenario.get("shop.elb.localhost")[0] == 200

    [render] = ecs.describe_services(cluster="batch", services=["render"])["services"]
    assert (render["runningCount"], render["desiredCount"]) == (2, 4)
    assert "was unable to place a task" in render["events"][0]["message"]
    reports = ecs.list_tasks(cluster="batch", family="sales-report", desiredStatus="STOPPED")["taskArns"]
    assert len(reports) > 1
    staging = scenario.client("sts").assume_role(RoleArn=second_account.ROLE, RoleSessionName="test")["Credentials"]
    keys = {"aws_access_key_id": staging["AccessKeyId"], "aws_secret_access_key": staging["SecretAccessKey"]}
    elsewhere = scenario.client_as("ecs", **keys).describe_services(cluster="staging", services=["web", "checkout"])
    assert [each["runningCount"] for each in elsewhere["services"]] == [1, 1]

    [static] = scenario.client("ecs", "us-east-1").describe_services(cluster="edge", services=["static"])["services"]
    assert static["runningCount"] == 1


def test_the_scenario_does_not_change_what_a_client_deployed(scenario: Sandbox) -> None:
    ecs = scenario.client("ecs")
    body = ecs.describe_task_definition(taskDefinition="checkout:2")["taskDefinition"]
    write = ("family", "containerDefinitions", "cpu", "memory", "networkMode", "executionRoleArn")
    mine = ecs.register_task_definition(requiresCompatibilities=["FARGATE"], **{name: body[name] for name in write})[
        "taskDefinition"
    ]["taskDefinitionArn"]
    ecs.update_service(cluster="shop", service="checkout", taskDefinition=mine)
    scenario.step(900)
    assert ecs.describe_services(cluster="shop", services=["checkout"])["services"][0]["taskDefinition"] == mine


def test_a_scenario_of_any_size_has_its_tasks_running_at_once() -> None:
    world = World(speed=0)
    world.reset()
    world.start(named("2x3x4"))
    sandbox = Sandbox(world)
    ecs = sandbox.client("ecs")
    clusters = ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
    assert [(each["activeServicesCount"], each["runningTasksCount"]) for each in clusters] == [(3, 12), (3, 12)]
    sandbox.step(120)
    clusters = ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
    assert [(each["runningTasksCount"], each["pendingTasksCount"]) for each in clusters] == [(12, 0), (12, 0)]
    world.stop()


@pytest.mark.parametrize("name", ["101x1x1", "huge", "1x1"])
def test_an_invalid_scenario_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a scenario"):
        named(name)

"""The same seed gives the same history, to the last identifier."""

from typing import Any

from ecsdash.sandbox.scenarios import small
from ecsdash.sandbox.world import World
from tests.sandbox.conftest import Sandbox


def history() -> dict[str, Any]:
    world = World(speed=0, seed=7)
    world.reset()
    world.start(small)
    world.driver.step(900)
    sandbox = Sandbox(world)
    told: dict[str, Any] = {
        "ecs": world.summary()["ecs"],
        "balancers": sandbox.client("elbv2").describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"],
        "instances": [
            each["InstanceId"]
            for reservation in sandbox.client("ec2").describe_instances()["Reservations"]
            for each in reservation["Instances"]
        ],
    }
    world.stop()
    return told


def test_the_small_scenario_has_the_same_history_twice() -> None:
    first, second = history(), history()
    assert second["instances"] == first["instances"]
    assert second["balancers"] == first["balancers"]
    assert second["ecs"] == first["ecs"]

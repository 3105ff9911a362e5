"""Many changes in a random order: whatever happens, the accounts add up, and afterwards every service settles."""

import random
from contextlib import suppress

import pytest

from ecsdash.sandbox.ecs import EcsError
from ecsdash.sandbox.faults.task_faults import TASK_FAULTS
from tests.sandbox.ecs.fake_aws import GREEN_GROUP, PRODUCTION_RULE, TARGET_GROUP
from tests.sandbox.ecs.stage import HERE, NETWORK, ROLE, Json, Stage

IMAGES = ("nginx:1", "nginx:2", "nginx:crash", "nginx:missing", "nginx:unhealthy", "nginx:slow")
ADVANCED = {"alternateTargetGroupArn": GREEN_GROUP, "productionListenerRule": PRODUCTION_RULE, "roleArn": ROLE}
BALANCER = {
    "targetGroupArn": TARGET_GROUP,
    "containerName": "web",
    "containerPort": 80,
    "advancedConfiguration": ADVANCED,
}
STRATEGIES: list[Json] = [
    {},
    {"strategy": "ROLLING"},
    {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1},
    {"strategy": "CANARY", "canaryConfiguration": {"canaryBakeTimeInMinutes": 1}},
]
NAMES = ("a", "b", "c")


class Storm:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.stage = Stage(seed)
        self.stage.cluster()
        self.on_fargate = [self.stage.register_fargate(image) for image in IMAGES]
        ports = {"portMappings": [{"containerPort": 80}]}
        self.on_instances = [self.stage.register(image, "tool", container=ports) for image in IMAGES]
        self.launched = 0

    def blow(self) -> None:
        change = self.rng.choice(
            [
                self.launch,
                self.lose,
                self.drain,
                self.create,
                self.update,
                self.update,
                self.turn,
                self.delete,
                self.run,
                self.stop,
            ]
        )
        with suppress(EcsError):
            change()
        self.stage.step(self.rng.choice([0, 1, 5, 30, 90]))

    def launch(self) -> None:
        self.launched += 1
        self.stage.instance(self.launched, zone=self.rng.choice("ab"))

    def lose(self) -> None:
        self.stage.plane.instance_terminated(HERE, f"i-{self.rng.randint(1, 9):017x}")

    def drain(self) -> None:
        arns = self.stage.call("ListContainerInstances", cluster="shop")["containerInstanceArns"]
        status = self.rng.choice(["ACTIVE", "DRAINING"])
        self.stage.call("UpdateContainerInstancesState", cluster="shop", containerInstances=arns[:1], status=status)

    def create(self) -> None:
        spec: Json = {"cluster": "shop", "serviceName": self.rng.choice(NAMES), "desiredCount": 2}
        spec["deploymentConfiguration"] = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
        if self.rng.random() < 0.5:
            place = {"launchType": "FARGATE", "networkConfiguration": NETWORK, "loadBalancers": [BALANCER]}
            self.stage.call("CreateService", **spec, taskDefinition=self.rng.choice(self.on_fargate), **place)
        else:
            self.stage.call("CreateService", **spec, taskDefinition=self.rng.choice(self.on_instances))

    def update(self) -> None:
        name, count = self.rng.choice(NAMES), self.rng.randint(0, 5)
        definition = self.rng.choice(self.definitions(name))
        self.stage.call(
            "UpdateService",
            cluster="shop",
            service=name,
            taskDefinition=definition,
            desiredCount=count,
            deploymentConfiguration=self.rng.choice(STRATEGIES),
        )

    def turn(self) -> None:
        """Switch a fault."""
        faults, fault = self.stage.plane.faults, self.rng.choice(TASK_FAULTS)
        if fault in faults.active:
            faults.switch_off(fault)
        else:
            faults.switch_on(fault, "*1a" if fault == "zone-down" else "*")

    def definitions(self, name: str) -> list[str]:
        current = self.stage.service(name)["taskDefinition"] if name in self.alive() else ""
        return self.on_fargate if current in self.on_fargate else self.on_instances

    def delete(self) -> None:
        self.stage.call("DeleteService", cluster="shop", service=self.rng.choice(NAMES), force=True)

    def run(self) -> None:
        self.stage.call("RunTask", cluster="shop", taskDefinition=self.rng.choice(self.on_instances), count=2)

    def stop(self) -> None:
        tasks = self.stage.tasks()
        if tasks:
            self.stage.call("StopTask", cluster="shop", task=self.rng.choice(tasks)["taskArn"])

    def alive(self) -> list[str]:
        services = self.stage.call("DescribeServices", cluster="shop", services=list(NAMES))["services"]
        return [service["serviceName"] for service in services if service["status"] == "ACTIVE"]

    def reserved(self) -> list[tuple[int, int]]:
        """(memory taken, memory of the tasks there) of each instance."""
        arns = self.stage.call("ListContainerInstances", cluster="shop")["containerInstanceArns"]
        if not arns:
            return []
        answer = self.stage.call("DescribeContainerInstances", cluster="shop", containerInstances=arns)
        held: dict[str, int] = {}
        for task in self.stage.tasks() + self.stage.tasks("STOPPED"):
            if task["lastStatus"] != "STOPPED" and "containerInstanceArn" in task:
                held[task["containerInstanceArn"]] = held.get(task["containerInstanceArn"], 0) + int(task["memory"])
        return [(_taken(item), held.get(item["containerInstanceArn"], 0)) for item in answer["containerInstances"]]


def _taken(instance: Json) -> int:
    registered, remaining = (
        next(item["integerValue"] for item in instance[kind] if item["name"] == "MEMORY")
        for kind in ("registeredResources", "remainingResources")
    )
    return int(registered) - int(remaining)


@pytest.mark.parametrize("seed", range(8))
def test_after_a_storm_every_service_settles(seed: int) -> None:
    storm = Storm(seed)
    for _ in range(40):
        storm.blow()
        assert all(taken == held for taken, held in storm.reserved())
    storm.launch()
    for fault in TASK_FAULTS:
        storm.stage.plane.faults.switch_off(fault)
    for name in storm.alive():
        good = storm.definitions(name)[0]
        change = {"taskDefinition": good, "desiredCount": 2, "forceNewDeployment": True}
        storm.stage.call("UpdateService", cluster="shop", service=name, **change)
    storm.stage.step(900)
    for name in storm.alive():
        service = storm.stage.service(name)
        assert [deployment["rolloutState"] for deployment in service["deployments"]] == ["COMPLETED"]
        assert (service["runningCount"], service["pendingCount"]) == (2, 0)

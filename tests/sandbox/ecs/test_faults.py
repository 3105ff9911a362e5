"""Troubles that are switched on and off while services run."""

import pytest

from ecsdash.sandbox.faults.task_faults import TaskFault
from tests.sandbox.ecs.fake_aws import TARGET_GROUP
from tests.sandbox.ecs.stage import NETWORK, Json, Stage

BALANCER = {"targetGroupArn": TARGET_GROUP, "containerName": "web", "containerPort": 80}
SECRET = {"name": "PASSWORD", "valueFrom": "arn:aws:secretsmanager:eu-central-1:111111111111:secret:db-abcdef"}


def stopped(stage: Stage) -> list[tuple[str, str]]:
    return [(task["stopCode"], task["stoppedReason"]) for task in stage.tasks("STOPPED")]


def zones(stage: Stage) -> list[str]:
    return sorted(task["availabilityZone"][-1] for task in stage.tasks() if task["lastStatus"] == "RUNNING")


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("image-missing", "TaskFailedToStart", "CannotPullContainerError"),
        ("secret-missing", "TaskFailedToStart", "unable to retrieve secret from asm"),
        ("crash-loop", "EssentialContainerExited", "Essential container in task exited"),
        ("out-of-memory", "EssentialContainerExited", "Essential container in task exited"),
    ],
)
def test_tasks_that_start_during_a_fault_fail_and_recover_when_it_is_over(
    stage: Stage, fault: TaskFault, code: str, words: str
) -> None:
    stage.cluster()
    stage.plane.faults.switch_on(fault)
    stage.fargate_service(stage.register_fargate(container={"secrets": [SECRET]}), count=1)
    stage.step(30)
    assert stopped(stage)
    assert all(seen == code and words in reason for seen, reason in stopped(stage))
    stage.plane.faults.switch_off(fault)
    stage.step(120)
    assert stage.service()["runningCount"] == 1


def test_a_container_out_of_memory_says_so(stage: Stage) -> None:
    stage.cluster()
    stage.plane.faults.switch_on("out-of-memory")
    stage.fargate_service(stage.register_fargate(), count=1)
    stage.step(30)
    container = stage.tasks("STOPPED")[0]["containers"][0]
    assert (container["exitCode"], container["reason"].split(":")[0]) == (137, "OutOfMemoryError")


def test_a_fault_affects_only_the_groups_of_its_pattern(stage: Stage) -> None:
    stage.cluster()
    stage.plane.faults.switch_on("image-missing", "service:api*")
    definition = stage.register_fargate()
    stage.fargate_service(definition, name="web")
    stage.fargate_service(definition, name="api-1")
    stage.step(40)
    assert (stage.service("web")["runningCount"], stage.service("api-1")["runningCount"]) == (2, 0)


def test_a_deployment_into_failing_health_checks_is_rolled_back(stage: Stage) -> None:
    health: Json = {"healthCheck": {"command": ["CMD", "true"], "interval": 5, "retries": 2}}
    stage.cluster()
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    stage.fargate_service(stage.register_fargate(container=health), deploymentConfiguration=breaker)
    stage.step(60)
    stage.plane.faults.switch_on("failing-health-checks")
    definition = stage.register_fargate("nginx:1.28", container=health)
    stage.call("UpdateService", cluster="shop", service="web", taskDefinition=definition)
    stage.step(300)
    assert "rolling back" in " ".join(stage.events())
    assert stage.service()["taskDefinition"].endswith("web:1")


def test_running_tasks_begin_to_fail_their_health_checks_and_are_replaced(stage: Stage) -> None:
    health: Json = {"healthCheck": {"command": ["CMD", "true"], "interval": 5, "retries": 2}}
    stage.cluster()
    stage.fargate_service(stage.register_fargate(container=health), name="inside")
    stage.fargate_service(stage.register_fargate(), name="outside", loadBalancers=[BALANCER])
    stage.step(60)
    stage.plane.faults.switch_on("failing-health-checks")
    stage.step(60)
    reasons = {reason.partition(" in ")[0] for _, reason in stopped(stage)}
    assert reasons == {"Task failed container health checks", "Task failed ELB health checks"}
    stage.plane.faults.switch_off("failing-health-checks")
    stage.step(400)
    for name in ("inside", "outside"):
        assert stage.events(name)[-1] == "has reached a steady state."


def test_slow_starts_take_a_minute_longer(stage: Stage) -> None:
    stage.cluster()
    stage.plane.faults.switch_on("slow-starts")
    stage.fargate_service(stage.register_fargate())
    stage.step(45)
    assert stage.service()["runningCount"] == 0
    stage.step(60)
    assert stage.service()["runningCount"] == 2


def test_without_capacity_fargate_takes_no_task(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register_fargate()
    stage.plane.faults.switch_on("no-capacity")
    stage.fargate_service(definition)
    run: Json = {"cluster": "shop", "launchType": "FARGATE", "networkConfiguration": NETWORK}
    answer = stage.call("RunTask", taskDefinition=definition, **run)
    assert (answer["tasks"], answer["failures"][0]["reason"][:23]) == ([], "Capacity is unavailable")
    stage.step(20)
    assert "was unable to place a task. Reason: Capacity is unavailable" in stage.events()[-1]
    stage.plane.faults.switch_off("no-capacity")
    stage.step(60)
    assert stage.service()["runningCount"] == 2


def test_spot_tasks_are_interrupted_and_others_are_not(stage: Stage) -> None:
    stage.cluster(capacityProviders=["FARGATE", "FARGATE_SPOT"])
    strategy = [
        {"capacityProvider": "FARGATE", "base": 1, "weight": 0},
        {"capacityProvider": "FARGATE_SPOT", "weight": 1},
    ]
    stage.fargate_service(stage.register_fargate(), count=3, capacityProviderStrategy=strategy)
    stage.step(40)
    stage.plane.faults.switch_on("spot-interruption")
    stage.step(10)
    assert stopped(stage) == [("SpotInterruption", "Your Spot Task was interrupted.")] * 2
    stage.plane.faults.switch_off("spot-interruption")
    stage.step(60)
    assert stage.service()["runningCount"] == 3


def test_a_zone_that_goes_down_takes_its_tasks_and_its_instances_with_it(stage: Stage) -> None:
    stage.cluster()
    near, far = stage.instance(1, zone="a"), stage.instance(2, zone="b")
    stage.fargate_service(stage.register_fargate(), count=4)
    stage.step(40)
    assert zones(stage) == ["a", "a", "b", "b"]
    stage.plane.faults.switch_on("zone-down", "*1a")
    stage.step(60)
    assert zones(stage) == ["b", "b", "b", "b"]
    assert {code for code, _ in stopped(stage)} == {"InfrastructureHealth"}
    described = stage.call("DescribeContainerInstances", cluster="shop", containerInstances=[near, far])
    assert [item["agentConnected"] for item in described["containerInstances"]] == [False, True]
    stage.plane.faults.switch_off("zone-down")
    stage.step(5)
    described = stage.call("DescribeContainerInstances", cluster="shop", containerInstances=[near])
    assert described["containerInstances"][0]["agentConnected"]


def test_missing_secrets_do_not_matter_to_tasks_without_any(stage: Stage) -> None:
    stage.cluster()
    stage.plane.faults.switch_on("secret-missing")
    stage.fargate_service(stage.register_fargate())
    stage.step(40)
    assert stage.service()["runningCount"] == 2


@pytest.mark.parametrize("pattern", ["cluster:shop/*", "cluster:shop/service:web"])
def test_a_fault_affects_only_its_cluster(stage: Stage, pattern: str) -> None:
    stage.cluster()
    stage.cluster("other")
    definition = stage.register_fargate()
    stage.plane.faults.switch_on("image-missing", pattern)
    stage.fargate_service(definition, count=1)
    stage.fargate_service(definition, count=1, cluster="other")
    stage.step(60)
    assert (stage.service()["runningCount"], stage.service(cluster="other")["runningCount"]) == (0, 1)

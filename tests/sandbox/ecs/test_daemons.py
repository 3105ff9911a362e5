"""Services with one task on each container instance."""

from dataclasses import replace
from typing import Any

from tests.sandbox.ecs.fake_aws import SCALING_GROUP
from tests.sandbox.ecs.stage import Stage


def daemon(stage: Stage, **params: Any) -> None:
    definition = stage.register()
    stage.call(
        "CreateService",
        cluster="shop",
        serviceName="agent",
        taskDefinition=definition,
        schedulingStrategy="DAEMON",
        **params,
    )


def test_a_daemon_runs_once_on_each_instance(stage: Stage) -> None:
    stage.cluster()
    stage.instance(1)
    daemon(stage)
    stage.step(20)
    stage.instance(2)
    stage.step(20)
    tasks = stage.tasks(serviceName="agent")
    assert len({task["containerInstanceArn"] for task in tasks}) == len(tasks) == 2
    service = stage.service("agent")
    assert (service["desiredCount"], service["runningCount"]) == (2, 2)
    assert service["deploymentConfiguration"]["maximumPercent"] == 100


def test_a_daemon_is_replaced_on_each_instance_by_its_new_version(stage: Stage) -> None:
    stage.cluster()
    stage.instance(1)
    stage.instance(2)
    daemon(stage)
    stage.step(30)
    second = stage.register("nginx:1.28")
    stage.call("UpdateService", cluster="shop", service="agent", taskDefinition=second)
    stage.step(60)
    assert {task["taskDefinitionArn"] for task in stage.tasks(serviceName="agent")} == {second}
    assert stage.service("agent")["deployments"][0]["rolloutState"] == "COMPLETED"


def test_a_daemon_with_a_provider_runs_on_that_providers_instances_only(stage: Stage) -> None:
    stage.call("CreateCapacityProvider", name="fleet", autoScalingGroupProvider={"autoScalingGroupArn": SCALING_GROUP})
    stage.cluster(capacityProviders=["fleet"])
    stage.instance(1)
    stage.aws.group = replace(stage.aws.group, instance_ids=("i-00000000000000002",))
    member = stage.instance(2)
    daemon(stage, capacityProviderStrategy=[{"capacityProvider": "fleet", "weight": 1}])
    stage.step(30)
    assert [task["containerInstanceArn"] for task in stage.tasks()] == [member]
    assert stage.service("agent")["desiredCount"] == 1

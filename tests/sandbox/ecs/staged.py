"""A service that is deployed in stages behind a load balancer with two target groups."""

from typing import Any

from tests.sandbox.ecs.fake_aws import GREEN_GROUP, PRODUCTION_RULE, TARGET_GROUP, TEST_RULE
from tests.sandbox.ecs.stage import ROLE, Json, Stage

ADVANCED = {
    "alternateTargetGroupArn": GREEN_GROUP,
    "productionListenerRule": PRODUCTION_RULE,
    "testListenerRule": TEST_RULE,
    "roleArn": ROLE,
}
BALANCER = {
    "targetGroupArn": TARGET_GROUP,
    "containerName": "web",
    "containerPort": 80,
    "advancedConfiguration": ADVANCED,
}
BLUE_GREEN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}


def running(stage: Stage, configuration: Json) -> None:
    """A service whose first deployment has completed."""
    stage.cluster()
    stage.fargate_service(
        stage.register_fargate(),
        loadBalancers=[BALANCER],
        deploymentConfiguration=configuration | {"bakeTimeInMinutes": 0},
    )
    stage.step(90)
    assert record(stage)["status"] == "SUCCESSFUL"
    stage.aws.shifts.clear()


def deploy(stage: Stage, configuration: Json, image: str = "nginx:1.28", **params: Any) -> None:
    definition = stage.register_fargate(image)
    stage.call(
        "UpdateService",
        cluster="shop",
        service="web",
        taskDefinition=definition,
        deploymentConfiguration=configuration,
        **params,
    )


def record(stage: Stage) -> Json:
    newest = stage.call("ListServiceDeployments", cluster="shop", service="web")["serviceDeployments"][0]
    arns = [newest["serviceDeploymentArn"]]
    found: Json = stage.call("DescribeServiceDeployments", serviceDeploymentArns=arns)["serviceDeployments"][0]
    return found


def until(stage: Stage, lifecycle_stage: str) -> Json:
    for _ in range(200):
        if record(stage).get("lifecycleStage") == lifecycle_stage:
            return record(stage)
        stage.step(1)
    raise AssertionError(f"the deployment never reached {lifecycle_stage}")


def by_image(stage: Stage) -> dict[str, int]:
    counts: dict[str, int] = {}
    for task in stage.tasks():
        image = task["containers"][0]["image"]
        counts[image] = counts.get(image, 0) + 1
    return counts

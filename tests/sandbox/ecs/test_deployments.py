from typing import Any

from tests.sandbox.ecs.fake_aws import TARGET_GROUP
from tests.sandbox.ecs.stage import Json, Stage

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
NO_ROLLBACK = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
BALANCER = {"targetGroupArn": TARGET_GROUP, "containerName": "web", "containerPort": 80}


def running_service(stage: Stage, count: int = 4, **params: Any) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate(), count=count, **params)
    stage.step(40)
    assert stage.service()["runningCount"] == count


def deploy(stage: Stage, image: str, **params: Any) -> str:
    definition = stage.register_fargate(image)
    stage.call("UpdateService", cluster="shop", service="web", taskDefinition=definition, **params)
    return definition


def watch(stage: Stage, seconds: int) -> list[tuple[int, int]]:
    """(healthy tasks, tasks altogether) at each second."""
    seen = []
    for _ in range(seconds):
        stage.step(1)
        tasks = [task for task in stage.tasks() if task["desiredStatus"] == "RUNNING"]
        seen.append((sum(task["lastStatus"] == "RUNNING" for task in tasks), len(tasks)))
    return seen


def test_a_rolling_deployment_never_goes_below_the_minimum_nor_above_the_maximum(stage: Stage) -> None:
    running_service(stage)
    definition = deploy(stage, "nginx:1.28")
    counts = watch(stage, 90)
    assert min(healthy for healthy, _ in counts) == 4
    assert max(total for _, total in counts) == 8
    assert {task["taskDefinitionArn"] for task in stage.tasks()} == {definition}


def test_a_deployment_with_half_healthy_and_no_surplus_replaces_in_halves(stage: Stage) -> None:
    running_service(stage, deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 100})
    deploy(stage, "nginx:1.28")
    counts = watch(stage, 120)
    assert min(healthy for healthy, _ in counts) == 2
    assert max(total for _, total in counts) == 4
    assert stage.service()["deployments"][0]["rolloutState"] == "COMPLETED"


def test_a_deployment_that_may_neither_stop_nor_start_says_so(stage: Stage) -> None:
    running_service(stage, count=1, deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 150})
    deploy(stage, "nginx:1.28")
    stage.step(60)
    assert "was unable to stop or start tasks during a deployment" in stage.events()[-1]
    assert stage.service()["deployments"][0]["rolloutState"] == "IN_PROGRESS"


def test_both_deployments_are_shown_while_one_replaces_the_other(stage: Stage) -> None:
    running_service(stage)
    definition = deploy(stage, "nginx:1.28")
    stage.step(15)
    deployments = stage.service()["deployments"]
    assert [(d["status"], d["rolloutState"]) for d in deployments] == [
        ("PRIMARY", "IN_PROGRESS"),
        ("ACTIVE", "COMPLETED"),
    ]
    assert deployments[0]["taskDefinition"] == stage.service()["taskDefinition"] == definition
    stage.step(60)
    service = stage.service()
    assert [(d["status"], d["rolloutState"]) for d in service["deployments"]] == [("PRIMARY", "COMPLETED")]
    assert service["deployments"][0]["rolloutStateReason"].endswith("completed.")


def test_the_same_definition_again_changes_nothing_unless_forced(stage: Stage) -> None:
    running_service(stage)
    before = stage.service()["deployments"][0]["id"]
    stage.call("UpdateService", cluster="shop", service="web", taskDefinition="web:1")
    assert stage.service()["deployments"][0]["id"] == before
    stage.call("UpdateService", cluster="shop", service="web", forceNewDeployment=True)
    assert stage.service()["deployments"][0]["id"] != before


def test_a_newer_deployment_replaces_one_that_is_still_running(stage: Stage) -> None:
    running_service(stage)
    deploy(stage, "nginx:slow")
    stage.step(10)
    definition = deploy(stage, "nginx:1.28")
    stage.step(80)
    assert {task["taskDefinitionArn"] for task in stage.tasks()} == {definition}
    listed = stage.call("ListServiceDeployments", cluster="shop", service="web")["serviceDeployments"]
    assert [item["status"] for item in listed] == ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]


def test_the_circuit_breaker_rolls_back_to_the_last_good_revision(stage: Stage) -> None:
    running_service(stage, deploymentConfiguration=BREAKER)
    survivors = {task["taskArn"] for task in stage.tasks()}
    deploy(stage, "nginx:missing")
    stage.step(120)
    service = stage.service()
    assert service["taskDefinition"].endswith("web:1")
    assert {task["taskArn"] for task in stage.tasks()} == survivors
    primary = service["deployments"][0]
    assert primary["rolloutState"] == "COMPLETED"
    events = stage.events()
    assert any("deployment failed: tasks failed to start." in event for event in events)
    assert f"rolling back to deployment {primary['id']}." in events


def test_a_rollback_is_a_part_of_the_service_deployment_that_failed(stage: Stage) -> None:
    running_service(stage, deploymentConfiguration=BREAKER)
    good = stage.call("ListServiceDeployments", cluster="shop", service="web")["serviceDeployments"][0]
    deploy(stage, "nginx:missing")
    stage.step(120)
    failed = stage.call("ListServiceDeployments", cluster="shop", service="web")["serviceDeployments"][0]
    assert failed["status"] == "ROLLBACK_SUCCESSFUL"
    arn = failed["serviceDeploymentArn"]
    full = stage.call("DescribeServiceDeployments", serviceDeploymentArns=[arn])["serviceDeployments"][0]
    assert full["rollback"]["serviceRevisionArn"] == good["targetServiceRevisionArn"]
    assert full["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    assert full["sourceServiceRevisions"][0]["arn"] == good["targetServiceRevisionArn"]


def test_without_rollback_the_failed_deployment_starts_nothing_more(stage: Stage) -> None:
    running_service(stage, deploymentConfiguration=NO_ROLLBACK)
    deploy(stage, "nginx:missing")
    stage.step(120)
    primary = stage.service()["deployments"][0]
    assert (primary["rolloutState"], primary["failedTasks"]) == ("FAILED", 3)
    assert primary["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    stopped = len(stage.tasks("STOPPED"))
    stage.step(120)
    assert len(stage.tasks("STOPPED")) == stopped
    assert stage.service()["runningCount"] == 4


def test_a_first_deployment_that_fails_has_nowhere_to_go_back_to(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate("nginx:missing"), deploymentConfiguration=BREAKER)
    stage.step(120)
    assert stage.service()["deployments"][0]["rolloutState"] == "FAILED"
    listed = stage.call("ListServiceDeployments", cluster="shop", service="web")["serviceDeployments"]
    assert listed[0]["status"] == "STOPPED"


def test_the_threshold_grows_with_the_desired_count_or_is_configured(stage: Stage) -> None:
    running_service(stage, count=10, deploymentConfiguration=NO_ROLLBACK)
    deploy(stage, "nginx:missing")
    stage.step(120)
    assert threshold(stage) == 5
    rule = {"type": "COUNT", "value": 2}
    breaker = {"enable": True, "rollback": False, "thresholdConfiguration": rule}
    deploy(stage, "redis:missing", deploymentConfiguration={"deploymentCircuitBreaker": breaker})
    assert threshold(stage) == 2


def threshold(stage: Stage) -> int:
    arn = stage.call("ListServiceDeployments", cluster="shop", service="web")["serviceDeployments"][0]
    answer = stage.call("DescribeServiceDeployments", serviceDeploymentArns=[arn["serviceDeploymentArn"]])
    return int(answer["serviceDeployments"][0]["deploymentCircuitBreaker"]["threshold"])


def test_a_running_deployment_is_stopped_by_rolling_back(stage: Stage) -> None:
    running_service(stage)
    deploy(stage, "nginx:slow")
    stage.step(10)
    current = stage.service()["currentServiceDeployment"]
    stage.call("StopServiceDeployment", serviceDeploymentArn=current)
    stage.step(40)
    assert stage.service()["taskDefinition"].endswith("web:1")
    listed = stage.call("ListServiceDeployments", cluster="shop", service="web", status=["ROLLBACK_SUCCESSFUL"])
    assert [item["serviceDeploymentArn"] for item in listed["serviceDeployments"]] == [current]
    assert stage.refused("StopServiceDeployment", serviceDeploymentArn=current).code == "ConflictException"


def test_an_unknown_service_deployment_is_not_found(stage: Stage) -> None:
    running_service(stage, count=1)
    arn = "arn:aws:ecs:eu-central-1:111111111111:service-deployment/shop/web/none"
    error = stage.refused("StopServiceDeployment", serviceDeploymentArn=arn)
    assert error.code == "ServiceDeploymentNotFoundException"
    answer = stage.call("DescribeServiceDeployments", serviceDeploymentArns=[arn])
    assert answer["failures"] == [{"arn": arn, "reason": "MISSING"}]


def test_a_revision_tells_what_was_rolled_out(stage: Stage) -> None:
    running_service(stage, count=1)
    arn = stage.service()["currentServiceRevisions"][0]["arn"]
    revision = stage.call("DescribeServiceRevisions", serviceRevisionArns=[arn])["serviceRevisions"][0]
    assert revision["taskDefinition"].endswith("web:1")
    image = {"containerName": "web", "imageDigest": "sha256:nginx:1.27", "image": "nginx:1.27"}
    assert revision["containerImages"] == [image]


def balanced(stage: Stage, **params: Any) -> None:
    running_service(stage, count=2, loadBalancers=[BALANCER], **params)


def test_a_balanced_task_counts_only_when_its_target_is_healthy(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate(), loadBalancers=[BALANCER])
    for _ in range(60):
        stage.step(0.5)
        running = [task for task in stage.tasks() if task["lastStatus"] == "RUNNING"]
        if len(running) == 2:
            break
    assert stage.service()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    stage.step(15)
    assert stage.service()["deployments"][0]["rolloutState"] == "COMPLETED"
    assert f"registered 1 targets in (target-group {TARGET_GROUP})" in stage.events()


def test_old_tasks_drain_from_the_balancer_before_they_stop(stage: Stage) -> None:
    balanced(stage)
    old = {task["taskArn"]: task for task in stage.tasks()}
    deploy(stage, "nginx:1.28")
    states: set[str] = set()
    for _ in range(80):
        stage.step(0.5)
        states |= {stage.task(arn)["lastStatus"] for arn in old}
    assert {"RUNNING", "DEACTIVATING", "STOPPED"} <= states
    addresses = {task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"] for task in old.values()}
    draining = {target_id for (_, target_id, _), target in stage.aws.targets.items() if target.draining}
    assert draining == addresses


def test_the_old_tasks_stay_while_the_new_targets_are_unhealthy(stage: Stage) -> None:
    balanced(stage, deploymentConfiguration=BREAKER)
    old = {task["taskArn"] for task in stage.tasks()}
    deploy(stage, "nginx:unhealthy")
    stage.step(150)
    assert {task["taskArn"] for task in stage.tasks()} == old
    reasons = {task["stoppedReason"] for task in stage.tasks("STOPPED")}
    assert f"Task failed ELB health checks in (target-group {TARGET_GROUP})" in reasons
    assert stage.service()["taskDefinition"].endswith("web:1")


def test_the_grace_period_keeps_a_task_that_is_not_yet_healthy(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(
        stage.register_fargate("nginx:unhealthy"),
        count=1,
        loadBalancers=[BALANCER],
        healthCheckGracePeriodSeconds=60,
    )
    stage.step(50)
    first: Json = stage.tasks()[0]
    assert stage.tasks("STOPPED") == []
    stage.step(40)
    assert stage.tasks("STOPPED")[0]["taskArn"] == first["taskArn"]


def test_a_task_whose_container_is_unhealthy_is_replaced(stage: Stage) -> None:
    stage.cluster()
    check = {"command": ["CMD", "true"], "interval": 5, "retries": 2}
    stage.fargate_service(stage.register_fargate("nginx:unhealthy", container={"healthCheck": check}), count=1)
    stage.step(40)
    assert stage.tasks("STOPPED")[0]["stoppedReason"] == "Task failed container health checks"
    assert any("failed container health checks" in event for event in stage.events())

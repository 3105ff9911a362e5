"""Answers of ECS that differ from what one would expect."""

from tests.sandbox.ecs.stage import NETWORK, Stage

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
WINDOWS = {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE", "cpuArchitecture": "X86_64"}


def test_a_draining_service_is_described_but_not_listed(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate())
    stage.step(30)
    stage.call("DeleteService", cluster="shop", service="web", force=True)
    assert stage.call("ListServices", cluster="shop")["serviceArns"] == []
    assert stage.service()["status"] == "DRAINING"


def test_the_circuit_breaker_does_not_count_a_crash_after_the_start(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate(), deploymentConfiguration=BREAKER)
    stage.step(40)
    stage.call("UpdateService", cluster="shop", service="web", taskDefinition=stage.register_fargate("nginx:crash"))
    stage.step(300)
    primary = stage.service()["deployments"][0]
    assert (primary["rolloutState"], primary["failedTasks"]) == ("IN_PROGRESS", 0)
    assert len(stage.tasks("STOPPED")) > 3


def test_a_process_that_ends_at_once_never_runs_and_counts(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate("nginx:exits"), deploymentConfiguration=BREAKER)
    stage.step(120)
    assert stage.service()["deployments"][0]["rolloutState"] == "FAILED"
    stopped = stage.tasks("STOPPED")[0]
    assert (stopped["stopCode"], stopped["containers"][0]["exitCode"]) == ("EssentialContainerExited", 1)
    assert "startedAt" not in stopped


def test_the_circuit_breaker_counts_failed_health_checks_after_the_start(stage: Stage) -> None:
    stage.cluster()
    check = {"healthCheck": {"command": ["CMD", "x"], "interval": 5, "retries": 1}}
    stage.fargate_service(stage.register_fargate(container=check), deploymentConfiguration=BREAKER)
    stage.step(60)
    unhealthy = stage.register_fargate("nginx:unhealthy", container=check)
    stage.call("UpdateService", cluster="shop", service="web", taskDefinition=unhealthy)
    stage.step(200)
    assert stage.service()["taskDefinition"].endswith("web:1")
    assert any("deployment failed: tasks failed health checks." in event for event in stage.events())


def test_a_rolled_back_deployment_keeps_its_target_and_says_why(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate(), deploymentConfiguration=BREAKER)
    stage.step(40)
    stage.call("UpdateService", cluster="shop", service="web", taskDefinition=stage.register_fargate("nginx:missing"))
    stage.step(120)
    brief = stage.call("ListServiceDeployments", cluster="shop", service="web")["serviceDeployments"][0]
    arn = brief["serviceDeploymentArn"]
    full = stage.call("DescribeServiceDeployments", serviceDeploymentArns=[arn])["serviceDeployments"][0]
    assert full["status"] == "ROLLBACK_SUCCESSFUL"
    assert full["statusReason"] == full["rollback"]["reason"]
    assert full["statusReason"] == (
        "Service deployment rolled back because the circuit breaker threshold was exceeded."
    )
    assert full["targetServiceRevision"]["arn"] == brief["targetServiceRevisionArn"]
    assert full["targetServiceRevision"]["arn"] != full["rollback"]["serviceRevisionArn"]


def test_tasks_of_a_revision_run_the_digest_that_its_first_task_pulled(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate(), count=1)
    stage.step(30)
    stage.aws.digests["nginx:1.27"] = "sha256:pushed-again"
    stage.call("UpdateService", cluster="shop", service="web", desiredCount=2)
    stage.step(30)
    assert {task["containers"][0]["imageDigest"] for task in stage.tasks()} == {"sha256:nginx:1.27"}
    stage.call("UpdateService", cluster="shop", service="web", forceNewDeployment=True)
    stage.step(90)
    assert {task["containers"][0]["imageDigest"] for task in stage.tasks()} == {"sha256:pushed-again"}


def test_a_container_without_version_consistency_runs_what_the_tag_is_now(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate(container={"versionConsistency": "disabled"}), count=1)
    stage.step(30)
    stage.aws.digests["nginx:1.27"] = "sha256:pushed-again"
    stage.call("UpdateService", cluster="shop", service="web", desiredCount=2)
    stage.step(30)
    assert len({task["containers"][0]["imageDigest"] for task in stage.tasks()}) == 2


def test_the_platform_of_a_revision_is_resolved(stage: Stage) -> None:
    stage.cluster()
    linux = stage.fargate_service(stage.register_fargate())
    assert (linux["platformVersion"], linux["platformFamily"]) == ("LATEST", "Linux")
    assert linux["deployments"][0]["platformVersion"] == "1.4.0"
    windows = stage.register_fargate(runtimePlatform=WINDOWS, cpu="1024", memory="2048")
    service = stage.fargate_service(windows, name="windows")
    assert service["platformFamily"] == "Windows_Server_2022_Core"
    arn = service["currentServiceRevisions"][0]["arn"]
    revision = stage.call("DescribeServiceRevisions", serviceRevisionArns=[arn])["serviceRevisions"][0]
    assert (revision["platformVersion"], revision["platformFamily"]) == ("1.0.0", "Windows_Server_2022_Core")


def test_creating_a_cluster_again_with_other_settings_is_inconsistent(stage: Stage) -> None:
    stage.cluster(settings=[{"name": "containerInsights", "value": "enabled"}])
    other = [{"name": "containerInsights", "value": "disabled"}]
    error = stage.refused("CreateCluster", clusterName="shop", settings=other)
    assert error.message.startswith("Arguments on this idempotent request are inconsistent")


def test_an_arn_of_another_cluster_is_refused(stage: Stage) -> None:
    stage.cluster()
    stage.cluster("other")
    stage.instance(cluster="other")
    stage.fargate_service(stage.register_fargate(), cluster="other")
    stage.step(30)
    service = stage.service(cluster="other")["serviceArn"]
    task = stage.call("ListTasks", cluster="other")["taskArns"][0]
    instance = stage.call("ListContainerInstances", cluster="other")["containerInstanceArns"][0]
    for operation, params in (
        ("DescribeServices", {"services": [service]}),
        ("UpdateService", {"service": service}),
        ("DescribeTasks", {"tasks": [task]}),
        ("StopTask", {"task": task}),
        ("DescribeContainerInstances", {"containerInstances": [instance]}),
    ):
        error = stage.refused(operation, cluster="shop", **params)
        assert error.code == "InvalidParameterException"
        assert error.message == "Identifier is for cluster other. Your cluster is shop"


def test_who_started_tasks_must_be_the_only_filter(stage: Stage) -> None:
    stage.cluster()
    stage.call("ListTasks", cluster="shop", startedBy="me", desiredStatus="STOPPED")
    error = stage.refused("ListTasks", cluster="shop", startedBy="me", family="web")
    assert (error.code, "only filter" in error.message) == ("InvalidParameterException", True)


def test_overrides_name_every_container(stage: Stage) -> None:
    stage.cluster()
    side = [{"name": name, "image": "nginx", "memory": 64} for name in ("web", "side")]
    definition = stage.register_fargate(containers=side)
    override = {"containerOverrides": [{"name": "side", "command": ["sleep", "9"]}]}
    task = stage.call(
        "RunTask",
        cluster="shop",
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration=NETWORK,
        overrides=override,
    )["tasks"][0]
    assert task["overrides"]["containerOverrides"] == [{"name": "web"}, {"name": "side", "command": ["sleep", "9"]}]


def test_a_service_in_awsvpc_mode_has_the_service_linked_role(stage: Stage) -> None:
    stage.cluster()
    role = stage.fargate_service(stage.register_fargate())["roleArn"]
    assert role.endswith(":role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS")
    plain = stage.call(
        "CreateService", cluster="shop", serviceName="b", taskDefinition=stage.register(), desiredCount=0
    )
    assert "roleArn" not in plain["service"]


def test_the_root_of_an_efs_volume_is_shown(stage: Stage) -> None:
    arn = stage.register(volumes=[{"name": "files", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}])
    volume = stage.call("DescribeTaskDefinition", taskDefinition=arn)["taskDefinition"]["volumes"][0]
    assert volume["efsVolumeConfiguration"] == {"fileSystemId": "fs-1", "rootDirectory": "/"}


def test_a_member_that_is_null_counts_as_absent(stage: Stage) -> None:
    arn = stage.register(container={"logConfiguration": None, "ulimits": None})
    container = stage.call("DescribeTaskDefinition", taskDefinition=arn)["taskDefinition"]["containerDefinitions"][0]
    assert "logConfiguration" not in container
    assert "ulimits" not in container

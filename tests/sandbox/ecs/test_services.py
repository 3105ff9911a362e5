from typing import Any

import pytest

from tests.sandbox.ecs.fake_aws import INSTANCE_GROUP, TARGET_GROUP, UNATTACHED_GROUP
from tests.sandbox.ecs.stage import NETWORK, Stage


def test_a_service_starts_its_tasks_and_reaches_a_steady_state(stage: Stage) -> None:
    stage.cluster()
    created = stage.fargate_service(stage.register_fargate(), count=3)
    assert (created["status"], created["runningCount"], created["desiredCount"]) == ("ACTIVE", 0, 3)
    assert created["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    stage.step(40)
    service = stage.service()
    assert (service["runningCount"], service["pendingCount"]) == (3, 0)
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    events = stage.events()
    assert events[0].startswith("has started 3 tasks: (task ")
    assert events[-2].endswith("deployment completed.")
    assert events[-1] == "has reached a steady state."


def test_tasks_of_a_service_are_spread_over_its_zones(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate(), count=4)
    stage.step(30)
    zones = [task["availabilityZone"] for task in stage.tasks(serviceName="web")]
    assert zones.count("eu-central-1a") == zones.count("eu-central-1b") == 2


def test_a_stopped_task_is_replaced(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate(), count=2)
    stage.step(40)
    victim = stage.tasks()[0]["taskArn"]
    stage.call("StopTask", cluster="shop", task=victim)
    stage.step(40)
    assert stage.service()["runningCount"] == 2
    assert victim not in [task["taskArn"] for task in stage.tasks()]
    assert stage.events()[-1] == "has reached a steady state."


def test_scaling_starts_or_stops_the_difference_without_a_deployment(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate(), count=2)
    stage.step(40)
    before = stage.service()["deployments"][0]["id"]
    stage.call("UpdateService", cluster="shop", service="web", desiredCount=4)
    stage.step(40)
    assert stage.service()["runningCount"] == 4
    stage.call("UpdateService", cluster="shop", service="web", desiredCount=1)
    stage.step(40)
    service = stage.service()
    assert service["runningCount"] == 1
    assert [deployment["id"] for deployment in service["deployments"]] == [before]
    stopped = stage.tasks("STOPPED")[0]
    assert stopped["stoppedReason"] == f"Scaling activity initiated by (deployment {before})"
    assert stopped["stopCode"] == "ServiceSchedulerInitiated"


def test_protected_tasks_survive_scaling_in_until_their_protection_ends(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate(), count=2)
    stage.step(40)
    arns = [task["taskArn"] for task in stage.tasks()]
    stage.call("UpdateTaskProtection", cluster="shop", tasks=arns, protectionEnabled=True, expiresInMinutes=5)
    assert all(item["protectionEnabled"] for item in stage.call("GetTaskProtection", cluster="shop")["protectedTasks"])
    stage.call("UpdateService", cluster="shop", service="web", desiredCount=0)
    stage.step(200)
    assert stage.service()["runningCount"] == 2
    stage.step(200)
    assert stage.service()["runningCount"] == 0


def test_a_service_above_zero_is_deleted_only_by_force(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate())
    stage.step(30)
    error = stage.refused("DeleteService", cluster="shop", service="web")
    assert error.message == "The service cannot be stopped while it is scaled above 0."
    answer = stage.call("DeleteService", cluster="shop", service="web", force=True)
    assert (answer["service"]["status"], answer["service"]["desiredCount"]) == ("DRAINING", 0)
    stage.step(30)
    assert stage.service()["status"] == "INACTIVE"
    assert stage.tasks() == []
    assert stage.call("ListServices", cluster="shop")["serviceArns"] == []


def test_the_name_of_a_deleted_service_is_free_once_it_has_drained(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register_fargate()
    stage.fargate_service(definition)
    stage.step(30)
    stage.call("DeleteService", cluster="shop", service="web", force=True)
    params = {"cluster": "shop", "serviceName": "web", "taskDefinition": definition, "desiredCount": 1}
    assert "still Draining" in stage.refused("CreateService", **params).message
    stage.step(30)
    assert stage.fargate_service(definition)["status"] == "ACTIVE"


def test_a_client_token_creates_a_service_once(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register_fargate()
    first = stage.fargate_service(definition, clientToken="abc")
    assert stage.fargate_service(definition, clientToken="abc")["createdAt"] == first["createdAt"]
    params = {"cluster": "shop", "serviceName": "web", "taskDefinition": definition, "desiredCount": 1}
    assert stage.refused("CreateService", **params).message == "Creation of service was not idempotent."


def test_unknown_and_deleted_services_answer_their_own_errors(stage: Stage) -> None:
    stage.cluster()
    assert stage.refused("UpdateService", cluster="shop", service="web").code == "ServiceNotFoundException"
    missing = stage.call("DescribeServices", cluster="shop", services=["web"])["failures"]
    assert missing == [{"arn": "arn:aws:ecs:eu-central-1:111111111111:service/web", "reason": "MISSING"}]
    stage.fargate_service(stage.register_fargate(), count=0)
    stage.call("DeleteService", cluster="shop", service="web")
    error = stage.refused("UpdateService", cluster="shop", service="web", desiredCount=1)
    assert error.code == "ServiceNotActiveException"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"serviceName": "my web"}, "Name must be"),
        ({"taskDefinition": "nothing"}, "TaskDefinition not found"),
        ({"networkConfiguration": None}, "Network Configuration must be provided"),
        ({"desiredCount": None}, "desiredCount is required"),
        ({"desiredCount": 6000}, "between 0 and 5000"),
        ({"deploymentConfiguration": {"maximumPercent": 50}}, "maximumPercent must be at least 100"),
        ({"schedulingStrategy": "DAEMON", "desiredCount": None}, "DAEMON scheduling strategy is not supported"),
        ({"placementStrategy": [{"type": "random"}]}, "not supported with FARGATE"),
        ({"healthCheckGracePeriodSeconds": 30}, "only valid for services configured to use load balancers"),
        ({"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]}, "both a launch type and"),
        ({"deploymentController": {"type": "EXTERNAL"}}, "EXTERNAL is not supported"),
        ({"serviceConnectConfiguration": {"enabled": True}}, "Namespace is missing"),
    ],
)
def test_bad_input_for_a_service_is_refused(stage: Stage, changes: dict[str, Any], words: str) -> None:
    stage.cluster(capacityProviders=["FARGATE"])
    stage.register_fargate()
    params = {
        "cluster": "shop",
        "serviceName": "web",
        "taskDefinition": "web",
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": NETWORK,
    } | changes
    error = stage.refused("CreateService", **{name: value for name, value in params.items() if value is not None})
    assert words in error.message
    assert stage.call("ListServices", cluster="shop")["serviceArns"] == []


@pytest.mark.parametrize(
    ("balancer", "words"),
    [
        ({"targetGroupArn": TARGET_GROUP, "containerName": "db", "containerPort": 80}, "container db does not exist"),
        (
            {"targetGroupArn": TARGET_GROUP, "containerName": "web", "containerPort": 81},
            "did not have a container port 81 defined",
        ),
        (
            {"targetGroupArn": UNATTACHED_GROUP, "containerName": "web", "containerPort": 80},
            "does not have an associated load balancer",
        ),
        (
            {"targetGroupArn": INSTANCE_GROUP, "containerName": "web", "containerPort": 80},
            "target type instance, which is incompatible with the awsvpc network mode",
        ),
        ({"targetGroupArn": TARGET_GROUP + "x/y", "containerName": "web", "containerPort": 80}, "does not exist"),
        ({"targetGroupArn": "web", "containerName": "web", "containerPort": 80}, "invalid ARN"),
    ],
)
def test_a_load_balancer_must_fit_the_task_definition(stage: Stage, balancer: dict[str, Any], words: str) -> None:
    stage.cluster()
    error = stage.refused(
        "CreateService",
        cluster="shop",
        serviceName="web",
        taskDefinition=stage.register_fargate(),
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration=NETWORK,
        loadBalancers=[balancer],
    )
    assert (error.code, words in error.message) == ("InvalidParameterException", True)


def test_a_role_that_is_gone_keeps_the_tasks_of_a_service_from_starting(stage: Stage) -> None:
    stage.cluster()
    stage.instance()
    role = "arn:aws:iam::111111111111:role/gone"
    stage.aws.missing_roles.add(role)
    definition = stage.register(taskRoleArn=role)
    stage.call("CreateService", cluster="shop", serviceName="web", taskDefinition=definition, desiredCount=1)
    stage.step(20)
    assert f"unable to assume the role '{role}'" in stage.tasks("STOPPED")[0]["stoppedReason"]


def test_a_service_propagates_tags_to_its_tasks(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(
        stage.register_fargate(),
        count=1,
        tags=[{"key": "team", "value": "web"}],
        propagateTags="SERVICE",
        enableECSManagedTags=True,
    )
    stage.step(5)
    tags = {tag["key"]: tag["value"] for tag in stage.tasks()[0]["tags"]}
    assert tags == {"team": "web", "aws:ecs:clusterName": "shop", "aws:ecs:serviceName": "web"}


def test_a_task_that_keeps_dying_is_started_ever_more_slowly(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate("worker:crash"), count=1)
    stage.step(150)
    early = len(stage.tasks("STOPPED"))
    stage.step(1500)
    assert len(stage.tasks("STOPPED")) - early < 12
    assert any("is unable to consistently start tasks successfully" in event for event in stage.events())


def test_only_the_last_hundred_events_are_kept(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate(), count=1)
    for count in range(60):
        stage.call("UpdateService", cluster="shop", service="web", desiredCount=1 + count % 2)
        stage.step(25)
    events = stage.service()["events"]
    assert len(events) == 100
    assert events[0]["createdAt"] > events[-1]["createdAt"]


def test_service_connect_makes_running_tasks_known_by_their_names(stage: Stage) -> None:
    stage.cluster()
    connect = {
        "enabled": True,
        "namespace": "shop.local",
        "services": [{"portName": "http", "clientAliases": [{"port": 3306, "dnsName": "mysql"}]}],
    }
    stage.fargate_service(stage.register_fargate(), count=1, serviceConnectConfiguration=connect)
    stage.step(30)
    address = stage.tasks()[0]["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    assert list(stage.aws.names["shop.local", "mysql"].values()) == [f"{address}:3306"]
    arns = stage.call("ListServicesByNamespace", namespace="shop.local")["serviceArns"]
    assert arns == [stage.service()["serviceArn"]]
    stage.call("DeleteService", cluster="shop", service="web", force=True)
    stage.step(10)
    assert stage.aws.names["shop.local", "mysql"] == {}

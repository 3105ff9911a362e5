"""The control plane as a whole: history, state, and the shape of every answer."""

import json

from ecsdash.sandbox.clock import SteppedClock
from ecsdash.sandbox.ecs import EcsControlPlane
from ecsdash.sandbox.ecs.api import daemons, gateways, task_sets
from ecsdash.sandbox.ecs.api.operations import OPERATIONS
from tests.sandbox.ecs.fake_aws import SCALING_GROUP, TARGET_GROUP
from tests.sandbox.ecs.stage import HERE, NETWORK, ROLE, Json, Stage

BALANCER = {"targetGroupArn": TARGET_GROUP, "containerName": "web", "containerPort": 80}


def play(stage: Stage) -> None:
    """A little of everything, with a deployment that fails in the middle."""
    stage.cluster(capacityProviders=["FARGATE", "FARGATE_SPOT"])
    stage.instance()
    stage.fargate_service(stage.register_fargate(), loadBalancers=[BALANCER])
    stage.call("RunTask", cluster="shop", taskDefinition=stage.register(family="tool"), count=2)
    stage.step(45)
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    second = stage.register_fargate("nginx:crash")
    stage.call("UpdateService", cluster="shop", service="web", taskDefinition=second, deploymentConfiguration=breaker)
    stage.step(20)


def told(stage: Stage) -> Json:
    return {"service": stage.service(), "running": stage.tasks(), "stopped": stage.tasks("STOPPED")}


def test_the_same_seed_gives_the_same_history() -> None:
    first, second, other = Stage(seed=1), Stage(seed=1), Stage(seed=2)
    for stage in (first, second, other):
        play(stage)
    assert told(first) == told(second)
    assert told(first) != told(other)


def run_with_faults(stage: Stage) -> None:
    stage.cluster(capacityProviders=["FARGATE", "FARGATE_SPOT"])
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    stage.fargate_service(stage.register_fargate(), name="batch", capacityProviderStrategy=strategy)
    configuration = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1}
    stage.fargate_service(stage.register_fargate(), count=4, deploymentConfiguration=configuration)
    stage.step(40)
    stage.call("UpdateService", cluster="shop", service="web", taskDefinition=stage.register_fargate("nginx:1.28"))
    stage.plane.faults.switch_on("spot-interruption")
    stage.plane.faults.switch_on("zone-down", "*1a")
    stage.step(100)
    stage.plane.faults.switch_off("zone-down")
    stage.plane.faults.switch_off("spot-interruption")
    stage.step(200)


def test_the_same_faults_give_the_same_history_event_by_event() -> None:
    first, second, other = Stage(seed=1), Stage(seed=1), Stage(seed=2)
    for stage in (first, second, other):
        run_with_faults(stage)
    assert len(first.aws.told) > 100
    assert first.aws.told == second.aws.told
    assert first.aws.told != other.aws.told


def test_a_deployment_in_stages_goes_on_after_a_restart() -> None:
    stage, restarted = Stage(), Stage()
    for one in (stage, restarted):
        one.cluster()
        configuration = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1}
        one.fargate_service(one.register_fargate(), deploymentConfiguration=configuration)
        one.step(20)
    text = json.dumps(restarted.plane.dump())
    restarted.plane = EcsControlPlane(restarted.clock, restarted.aws, seed=99)
    restarted.plane.load(json.loads(text))
    for one in (stage, restarted):
        one.step(120)
    assert told(restarted) == told(stage)
    assert stage.service()["deployments"][0]["rolloutState"] == "COMPLETED"


def test_the_state_is_plain_json_and_goes_on_after_a_restart() -> None:
    stage, restarted = Stage(), Stage()
    play(stage)
    play(restarted)
    text = json.dumps(restarted.plane.dump())
    restarted.plane = EcsControlPlane(restarted.clock, restarted.aws, seed=99)
    restarted.plane.load(json.loads(text))
    assert told(restarted) == told(stage)
    for one in (stage, restarted):
        one.step(120)
    assert told(restarted) == told(stage)


def test_time_that_passed_at_once_is_not_caught_up_minute_by_minute(stage: Stage) -> None:
    play(stage)
    written = len(stage.aws.metrics)
    stage.plane.tick(stage.clock.step(86_400))
    stage.step(1)
    assert len(stage.aws.metrics) - written < 40


def test_a_balancer_finds_the_task_behind_a_target(stage: Stage) -> None:
    play(stage)
    address = stage.tasks(serviceName="web")[0]["attachments"][0]["details"][-1]["value"]
    behind = stage.plane.task_at(HERE, address, 80)
    assert behind is not None
    assert (behind["service"], behind["container"], behind["cluster"]) == ("web", "web", "shop")
    assert stage.plane.task_at(HERE, "10.255.255.255", 80) is None


def test_a_clock_that_nobody_moves_lets_nothing_happen() -> None:
    clock = SteppedClock()
    stage = Stage()
    stage.clock = clock
    stage.plane = EcsControlPlane(clock, stage.aws)
    stage.cluster()
    stage.fargate_service(stage.register_fargate())
    assert stage.service()["events"] == []


def test_every_operation_answers_in_the_shape_of_the_model(stage: Stage) -> None:
    """Stage.call compares each answer with the model."""
    play(stage)
    stage.call("CreateCapacityProvider", name="fleet", autoScalingGroupProvider={"autoScalingGroupArn": SCALING_GROUP})
    instance = stage.call("ListContainerInstances", cluster="shop")["containerInstanceArns"][0]
    ec2_task, web_task = (stage.tasks(**only)[0]["taskArn"] for only in ({"launchType": "EC2"}, {"serviceName": "web"}))
    deployment = stage.call("ListServiceDeployments", cluster="shop", service="web")["serviceDeployments"][0]
    revision = deployment["targetServiceRevisionArn"]
    attribute = {"name": "stack", "value": "blue", "targetId": instance}
    cluster = stage.call("DescribeClusters", clusters=["shop"])["clusters"][0]["clusterArn"]
    shell = stage.register_fargate(family="shell")
    target = stage.call(
        "RunTask",
        cluster="shop",
        taskDefinition=shell,
        launchType="FARGATE",
        networkConfiguration=NETWORK,
        enableExecuteCommand=True,
    )["tasks"][0]["taskArn"]
    stage.step(20)
    here: Json = {"cluster": "shop"}
    attached = here | {"capacityProviders": ["FARGATE"], "defaultCapacityProviderStrategy": []}
    document = '{"instanceId": "i-9", "instanceType": "t3.micro"}'
    rest: list[tuple[str, Json]] = [
        ("ListClusters", {}),
        ("UpdateCluster", here | {"settings": [{"name": "containerInsights", "value": "enabled"}]}),
        ("UpdateClusterSettings", here | {"settings": [{"name": "containerInsights", "value": "disabled"}]}),
        ("PutClusterCapacityProviders", attached),
        ("DescribeCapacityProviders", {"include": ["TAGS"]}),
        ("UpdateCapacityProvider", {"name": "fleet", "autoScalingGroupProvider": {"managedDraining": "DISABLED"}}),
        ("DeleteCapacityProvider", {"capacityProvider": "fleet"}),
        ("DescribeContainerInstances", here | {"containerInstances": [instance]}),
        ("UpdateContainerInstancesState", here | {"containerInstances": [instance], "status": "ACTIVE"}),
        ("RegisterContainerInstance", here | {"instanceIdentityDocument": document}),
        ("PutAttributes", here | {"attributes": [attribute]}),
        ("ListAttributes", here | {"targetType": "container-instance"}),
        ("DeleteAttributes", here | {"attributes": [attribute]}),
        ("DescribeTaskDefinition", {"taskDefinition": "web:1", "include": ["TAGS"]}),
        ("ListTaskDefinitions", {}),
        ("ListTaskDefinitionFamilies", {}),
        ("DescribeServiceDeployments", {"serviceDeploymentArns": [deployment["serviceDeploymentArn"]]}),
        ("DescribeServiceRevisions", {"serviceRevisionArns": [revision]}),
        ("ListServices", here),
        ("DescribeServices", here | {"services": ["web"], "include": ["TAGS"]}),
        ("ListServicesByNamespace", {"namespace": "shop.local"}),
        ("StartTask", here | {"taskDefinition": "tool", "containerInstances": [instance]}),
        ("ExecuteCommand", here | {"task": target, "command": "sh", "interactive": True}),
        ("UpdateTaskProtection", here | {"tasks": [web_task], "protectionEnabled": True}),
        ("GetTaskProtection", here),
        ("StopTask", here | {"task": ec2_task}),
        ("TagResource", {"resourceArn": cluster, "tags": [{"key": "a", "value": "b"}]}),
        ("ListTagsForResource", {"resourceArn": cluster}),
        ("UntagResource", {"resourceArn": cluster, "tagKeys": ["a"]}),
        ("PutAccountSetting", {"name": "awsvpcTrunking", "value": "enabled"}),
        ("PutAccountSettingDefault", {"name": "awsvpcTrunking", "value": "enabled"}),
        ("ListAccountSettings", {"effectiveSettings": True}),
        ("DeleteAccountSetting", {"name": "awsvpcTrunking"}),
        ("DiscoverPollEndpoint", here),
        ("SubmitTaskStateChange", here | {"task": web_task, "status": "RUNNING"}),
        ("SubmitContainerStateChange", here | {"task": web_task, "status": "RUNNING"}),
        ("SubmitAttachmentStateChanges", here | {"attachments": []}),
        ("DeregisterContainerInstance", here | {"containerInstance": instance, "force": True}),
        ("DeleteService", here | {"service": "web", "force": True}),
        ("DeregisterTaskDefinition", {"taskDefinition": "tool:1"}),
        ("DeleteTaskDefinitions", {"taskDefinitions": ["tool:1"]}),
    ]  # fmt: skip
    for operation, params in rest:
        stage.call(operation, **params)
    breaking = stage.fargate_service(shell, name="other", count=1)
    stage.call("StopServiceDeployment", serviceDeploymentArn=breaking["currentServiceDeployment"], stopType="ABORT")
    hook = {"targetType": "PAUSE", "lifecycleStages": ["PRE_SCALE_UP"]}
    stages = {"strategy": "BLUE_GREEN", "lifecycleHooks": [hook]}
    paused = stage.fargate_service(shell, name="green", deploymentConfiguration=stages)["currentServiceDeployment"]
    stage.step(10)
    shown = stage.call("DescribeServiceDeployments", serviceDeploymentArns=[paused])["serviceDeployments"][0]
    hook_id = shown["lifecycleHookDetails"][0]["hookId"]
    stage.call("ContinueServiceDeployment", serviceDeploymentArn=paused, hookId=hook_id)
    primary = {"image": "nginx:1.27"}
    roles = {"infrastructureRoleArn": ROLE, "executionRoleArn": ROLE}
    express = stage.call("CreateExpressGatewayService", primaryContainer=primary, **roles)["service"]["serviceArn"]
    stage.call("DescribeExpressGatewayService", serviceArn=express)
    stage.call("UpdateExpressGatewayService", serviceArn=express, cpu="512", memory="1024")
    stage.call("DeleteExpressGatewayService", serviceArn=express)
    stage.cluster("empty")
    stage.call("DeleteCluster", cluster="empty")
    never_succeed = {"UpdateContainerAgent", "DescribeGatewayRoute", *task_sets.OPERATIONS}
    elsewhere = {*daemons.OPERATIONS, *gateways.OPERATIONS}  # called in test_newer_nouns.py
    assert set(OPERATIONS) - stage.calls == never_succeed | elsewhere

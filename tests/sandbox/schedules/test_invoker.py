"""Rules and schedules that run tasks in the simulated ECS."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox import aws, shop
from tests.sandbox.conftest import Sandbox

NIGHTLY = {"ScheduleExpression": "rate(5 minutes)", "FlexibleTimeWindow": {"Mode": "OFF"}}
CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/shop"
ROLE = "arn:aws:iam::123456789012:role/runsTasks"


def make_role(sandbox: Sandbox, *actions: str) -> None:
    principals = {"Service": ["events.amazonaws.com", "scheduler.amazonaws.com"]}
    trust = {"Statement": [{"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}]}
    sandbox.client("iam").create_role(RoleName="runsTasks", AssumeRolePolicyDocument=json.dumps(trust))
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}
    document = json.dumps(policy)
    sandbox.client("iam").put_role_policy(RoleName="runsTasks", PolicyName="run", PolicyDocument=document)


@pytest.fixture
def shop_sandbox(sandbox: Sandbox) -> Sandbox:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    shop.register(sandbox, "cron", "shop/cron:1", port=8080)
    sandbox.step(60)
    return sandbox


def target(sandbox: Sandbox) -> dict[str, Any]:
    network = {"awsvpcConfiguration": {"Subnets": aws.subnets(sandbox), "AssignPublicIp": "ENABLED"}}
    definition = "arn:aws:ecs:eu-central-1:123456789012:task-definition/cron"
    parameters = {"TaskDefinitionArn": definition, "LaunchType": "FARGATE", "NetworkConfiguration": network}
    return {"Arn": CLUSTER, "RoleArn": ROLE, "EcsParameters": parameters}


def started(sandbox: Sandbox) -> list[dict[str, Any]]:
    ecs = sandbox.client("ecs")
    arns = ecs.list_tasks(cluster="shop")["taskArns"]
    return list(ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"]) if arns else []


def test_a_schedule_runs_its_task_with_the_start_of_its_name(shop_sandbox: Sandbox) -> None:
    make_role(shop_sandbox, "ecs:RunTask", "iam:PassRole")
    overrides = {"containerOverrides": [{"name": "cron", "command": ["clean"]}]}
    shop_sandbox.client("scheduler").create_schedule(
        Name="clean-up-old-carts-every-night",
        Target={**target(shop_sandbox), "Input": json.dumps(overrides)},
        **NIGHTLY,
    )
    shop_sandbox.step(301)
    [task] = started(shop_sandbox)
    assert task["startedBy"] == "chronos-schedule/clean-up-old-carts-every-night"[:36]
    assert task["overrides"]["containerOverrides"][0]["command"] == ["clean"]


def test_a_rule_runs_its_task(shop_sandbox: Sandbox) -> None:
    make_role(shop_sandbox, "ecs:RunTask", "iam:PassRole")
    events = shop_sandbox.client("events")
    events.put_rule(Name="report", ScheduleExpression="rate(5 minutes)")
    events.put_targets(Rule="report", Targets=[{"Id": "1", **target(shop_sandbox)}])
    shop_sandbox.step(301)
    assert [task["startedBy"] for task in started(shop_sandbox)] == ["events-rule/report"]
    events.disable_rule(Name="report")
    shop_sandbox.step(600)
    assert len(shop_sandbox.world.invoker.failed) == 0
    assert len(started(shop_sandbox)) == 1


@pytest.mark.parametrize(
    ("actions", "change", "reason"),
    [
        (["ecs:RunTask"], {}, "not authorized to perform: iam:PassRole"),
        (["ecs:Describe*"], {}, "not authorized to perform: ecs:RunTask"),
        (["*"], {"Arn": CLUSTER + "-gone"}, "Cluster not found."),
    ],
)
def test_an_invocation_that_fails_is_counted(
    shop_sandbox: Sandbox, actions: list[str], change: dict[str, Any], reason: str
) -> None:
    make_role(shop_sandbox, *actions)
    schedule = {**target(shop_sandbox), **change}
    shop_sandbox.client("scheduler").create_schedule(Name="nightly", Target=schedule, **NIGHTLY)
    shop_sandbox.step(301)
    [(_, said)] = shop_sandbox.world.invoker.failed
    assert reason in said
    assert started(shop_sandbox) == []
    at = datetime.fromtimestamp(shop_sandbox.world.clock.now(), UTC)
    counted = shop_sandbox.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Scheduler", MetricName="TargetErrorCount", Statistics=["Sum"], Period=600,
        Dimensions=[{"Name": "ScheduleGroup", "Value": "default"}],
        StartTime=at.replace(hour=0), EndTime=at.replace(hour=23),
    )["Datapoints"]  # fmt: skip
    assert sum(each["Sum"] for each in counted) == 1


def test_a_role_that_the_scheduler_cannot_assume_is_refused(shop_sandbox: Sandbox) -> None:
    with pytest.raises(ClientError, match="must allow AWS EventBridge Scheduler to assume the role"):
        shop_sandbox.client("scheduler").create_schedule(Name="nightly", Target=target(shop_sandbox), **NIGHTLY)


def test_a_repeated_token_creates_one_schedule(shop_sandbox: Sandbox) -> None:
    make_role(shop_sandbox, "*")
    scheduler = shop_sandbox.client("scheduler")
    made = [
        scheduler.create_schedule(Name="nightly", Target=target(shop_sandbox), ClientToken="1", **NIGHTLY)
        for _ in range(2)
    ]
    assert made[0]["ScheduleArn"] == made[1]["ScheduleArn"]

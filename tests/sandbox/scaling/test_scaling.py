"""Application Auto Scaling at work on a simulated service."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ecsdash.sandbox.scaling.schedule import is_due
from tests.sandbox import shop
from tests.sandbox.conftest import Sandbox

WEB = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/shop/web",
    "ScalableDimension": "ecs:service:DesiredCount",
}
TRACK_CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}


@pytest.fixture
def web(sandbox: Sandbox) -> Sandbox:
    """A service `web` that may have between 1 and 6 tasks, and has 2."""
    sandbox.client("ecs").create_cluster(clusterName="shop")
    shop.register(sandbox, "web", "shop/web:1", port=8080)
    shop.service(sandbox, "web", count=2)
    sandbox.client("application-autoscaling").register_scalable_target(**WEB, MinCapacity=1, MaxCapacity=6)
    sandbox.step(60)
    return sandbox


def desired(sandbox: Sandbox) -> int:
    found = sandbox.client("ecs").describe_services(cluster="shop", services=["web"])["services"]
    return int(found[0]["desiredCount"])


def policy(sandbox: Sandbox, name: str, **body: Any) -> str:
    kind = "StepScaling" if "StepScalingPolicyConfiguration" in body else "TargetTrackingScaling"
    answer = sandbox.client("application-autoscaling").put_scaling_policy(
        **WEB, PolicyName=name, PolicyType=kind, **body
    )
    return str(answer["PolicyARN"])


def queue_length(sandbox: Sandbox, value: float, minutes: int) -> None:
    for _ in range(minutes):
        at = datetime.fromtimestamp(sandbox.world.clock.now(), UTC)
        datum = {"MetricName": "QueueLength", "Value": value, "Timestamp": at}
        sandbox.client("cloudwatch").put_metric_data(Namespace="Shop", MetricData=[datum])
        sandbox.step(60)


def track_queue(target: float, **more: Any) -> dict[str, Any]:
    metric = {"Namespace": "Shop", "MetricName": "QueueLength", "Statistic": "Average"}
    return {"TargetValue": target, "CustomizedMetricSpecification": metric, **more}


def activities(sandbox: Sandbox) -> list[dict[str, Any]]:
    answer = sandbox.client("application-autoscaling").describe_scaling_activities(ServiceNamespace="ecs")
    found: list[dict[str, Any]] = answer["ScalingActivities"]
    return found


def test_target_tracking_scales_out_in_proportion_and_later_in_again(web: Sandbox) -> None:
    config = track_queue(10, ScaleInCooldown=60)
    policy(web, "queue", TargetTrackingScalingPolicyConfiguration=config)
    queue_length(web, 24, minutes=4)
    assert desired(web) == 5
    [activity] = activities(web)
    assert activity["Description"] == "Setting desired count to 5."
    assert activity["StatusCode"] == "Successful"
    assert "in state ALARM triggered policy queue" in activity["Cause"]
    queue_length(web, 2, minutes=17)
    assert desired(web) == 1
    assert len(activities(web)) >= 2


def test_the_services_own_cpu_is_tracked_until_enough_tasks_share_it(web: Sandbox) -> None:
    policy(web, "cpu", TargetTrackingScalingPolicyConfiguration={"TargetValue": 20, **TRACK_CPU})
    web.step(300)
    assert 2 < desired(web) < 6
    enough = desired(web)
    web.step(900)
    assert abs(desired(web) - enough) <= 1
    alarms = web.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert sorted(alarm["Threshold"] for alarm in alarms) == [18, 20]


def test_a_cooldown_holds_the_next_change_back(web: Sandbox) -> None:
    policy(web, "queue", TargetTrackingScalingPolicyConfiguration=track_queue(10, ScaleOutCooldown=600))
    queue_length(web, 15, minutes=8)
    assert desired(web) == 3
    queue_length(web, 15, minutes=6)
    assert desired(web) == 5


def test_it_does_not_scale_in_when_told_not_to(web: Sandbox) -> None:
    policy(web, "queue", TargetTrackingScalingPolicyConfiguration=track_queue(10, DisableScaleIn=True))
    queue_length(web, 1, minutes=20)
    assert desired(web) == 2
    assert activities(web) == []


def test_step_scaling_goes_by_the_step_that_the_breach_reaches(web: Sandbox) -> None:
    steps = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 50, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 50, "ScalingAdjustment": 3},
    ]
    arn = policy(
        web, "steps", StepScalingPolicyConfiguration={"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps}
    )
    web.client("cloudwatch").put_metric_alarm(
        AlarmName="queue",
        Namespace="Shop",
        MetricName="QueueLength",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=100,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[arn],
    )
    queue_length(web, 90, minutes=2)
    assert desired(web) == 2
    queue_length(web, 180, minutes=2)
    assert desired(web) == 5


def test_a_scheduled_action_moves_the_bounds_and_the_service_into_them(web: Sandbox) -> None:
    web.client("application-autoscaling").put_scheduled_action(
        **WEB,
        ScheduledActionName="morning",
        Schedule="rate(5 minutes)",
        ScalableTargetAction={"MinCapacity": 4, "MaxCapacity": 6},
    )
    web.step(330)
    assert desired(web) == 4
    assert "scheduled action name morning was triggered" in activities(web)[0]["Cause"]


def test_a_suspended_target_is_left_alone(web: Sandbox) -> None:
    suspended = {"DynamicScalingOutSuspended": True}
    web.client("application-autoscaling").register_scalable_target(**WEB, SuspendedState=suspended)
    policy(web, "queue", TargetTrackingScalingPolicyConfiguration=track_queue(10))
    queue_length(web, 40, minutes=5)
    assert desired(web) == 2


def test_requests_for_each_target_are_counted(sandbox: Sandbox) -> None:
    group = shop.site(sandbox, "shop/web:1")
    sandbox.step(shop.SETTLED)
    now = datetime.fromtimestamp(sandbox.world.clock.now(), UTC)
    query = {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": "RequestCountPerTarget",
        "Dimensions": [{"Name": "TargetGroup", "Value": group.rpartition(":")[2]}],
    }
    points = sandbox.client("cloudwatch").get_metric_statistics(
        **query, Period=60, Statistics=["Sum"], StartTime=now.replace(hour=0, minute=0), EndTime=now
    )["Datapoints"]
    assert all(400 < point["Sum"] < 1500 for point in points)
    assert len(points) >= 2


@pytest.mark.parametrize(
    ("schedule", "due"),
    [
        ("at(2026-03-02T08:30:00)", True),
        ("at(2026-03-02T08:31:00)", False),
        ("cron(30 8 * * ? *)", True),
        ("cron(0/15 8 ? * MON-FRI *)", True),
        ("cron(30 8 ? * SAT,SUN *)", False),
        ("cron(30 9 * * ? *)", False),
        ("cron(30 8 2 MAR ? 2026)", True),
        ("cron(* *)", False),
        ("every morning", False),
    ],
)
def test_schedules_are_read_as_aws_writes_them(schedule: str, due: bool) -> None:
    minute = datetime(2026, 3, 2, 7, 30, tzinfo=UTC).timestamp()
    assert is_due(schedule, "Europe/Berlin", 0.0, minute) is due


def test_at_its_maximum_it_says_once_why_it_does_not_scale(web: Sandbox) -> None:
    policy(web, "queue", TargetTrackingScalingPolicyConfiguration=track_queue(10, ScaleOutCooldown=0))
    queue_length(web, 60, minutes=9)
    assert desired(web) == 6
    assert [each["Description"] for each in activities(web)] == ["Setting desired count to 6."]
    aws = web.client("application-autoscaling")
    every = aws.describe_scaling_activities(ServiceNamespace="ecs", IncludeNotScaledActivities=True)
    reasons = [each.get("NotScaledReasons") for each in every["ScalingActivities"]]
    assert reasons == [[{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 6}], None]


def test_the_api_keeps_its_rules(web: Sandbox) -> None:
    aws = web.client("application-autoscaling")
    first = policy(web, "queue", TargetTrackingScalingPolicyConfiguration=track_queue(10))
    assert policy(web, "queue", TargetTrackingScalingPolicyConfiguration=track_queue(20)) == first
    aws.register_scalable_target(**WEB, SuspendedState={"DynamicScalingInSuspended": True})
    aws.register_scalable_target(**WEB, MaxCapacity=1)
    [target] = aws.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["MinCapacity"], target["SuspendedState"]["DynamicScalingInSuspended"]) == (1, True)
    web.step(70)
    assert desired(web) == 2  # scale-in is suspended
    with pytest.raises(ClientError, match="Maximum capacity cannot be less"):
        aws.register_scalable_target(**WEB, MinCapacity=5)
    with pytest.raises(ClientError, match="Invalid timezone"):
        aws.put_scheduled_action(**WEB, ScheduledActionName="night", Schedule="rate(1 day)", Timezone="Berlin")

    aws.deregister_scalable_target(**WEB)

    assert aws.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []
    assert web.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    with pytest.raises(aws.exceptions.ObjectNotFoundException):
        aws.deregister_scalable_target(**WEB)
    with pytest.raises(aws.exceptions.ObjectNotFoundException):
        policy(web, "queue", TargetTrackingScalingPolicyConfiguration=track_queue(10))

"""Auto scaling of a service: every action on the simulated AWS, and what Scale does within the bounds."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.inventory.events.handlers import HANDLERS, NOUN_EVENTS, Mention, parse
from ecsdash.operations import control, runner
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Change
from ecsdash.web import clock
from services.models import ScalingActivity, ScalingPolicy, Service
from services.planning.scaling import SCALING_NOUNS
from services.selectors.scaling import target_of
from tests.operations import drive
from tests.services.auto_scaling_forms import MORNING, STEPS, TRACKING
from tests.services.simulated_services import IN_SERVICE, SimulatedServices, calls, titles

STATE_CHANGE = "Application Auto Scaling Scaling Activity State Change"
HERE = "/demo/eu-central-1/services/shop/web-front/"


class Scaled:
    """The service `web-front` with 2 tasks, and its auto scaling."""

    def __init__(self, stage: SimulatedServices) -> None:
        self.stage = stage
        stage.steady_service()
        self.sweep()

    def sweep(self) -> None:
        self.stage.sweep(*SCALING_NOUNS, "services")

    def do(self, action: str, user: User, data: dict[str, Any] | None = None) -> Operation:
        operation = self.stage.do(action, user, data or {}, **IN_SERVICE)
        self.sweep()
        return operation

    def undo(self, operation: Operation, user: User) -> Operation:
        undo = operation.plan.undo
        assert undo is not None
        return self.do(undo.action, user, undo.data)

    def bounds(self, least: int = 1, most: int = 6) -> None:
        self.aws.register_scalable_target(**self.named, MinCapacity=least, MaxCapacity=most)
        self.sweep()

    @property
    def named(self) -> dict[str, str]:
        return {"ServiceNamespace": "ecs", "ResourceId": "service/shop/web-front",
                "ScalableDimension": "ecs:service:DesiredCount"}  # fmt: skip

    @property
    def aws(self) -> Any:
        return self.stage.client("application-autoscaling")

    def target(self) -> tuple[int, int] | None:
        found = self.aws.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
        return (found[0]["MinCapacity"], found[0]["MaxCapacity"]) if found else None

    def desired(self) -> int:
        found = self.stage.client("ecs").describe_services(cluster="shop", services=["web-front"])["services"]
        return int(found[0]["desiredCount"])

    def policies(self) -> dict[str, Any]:
        found = self.aws.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
        return {each["PolicyName"]: each for each in found}

    def alarms(self) -> dict[str, Any]:
        found = self.stage.client("cloudwatch").describe_alarms()["MetricAlarms"]
        return {each["AlarmName"]: each for each in found}


@pytest.fixture
def scaled(service_stage: SimulatedServices) -> Scaled:
    return Scaled(service_stage)


def test_auto_scaling_is_set_up_changed_undone_and_removed(scaled: Scaled, operator: User) -> None:
    begun = scaled.do("set_auto_scaling", operator, {"minimum": "1", "maximum": "6"})
    assert scaled.target() == (1, 6)
    changed = scaled.do("set_auto_scaling", operator, {"minimum": "2", "maximum": "8", "suspend_in": "on"})
    suspended = scaled.aws.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0]["SuspendedState"]
    assert [name for name, off in suspended.items() if off] == ["DynamicScalingInSuspended"]
    scaled.undo(changed, operator)
    assert scaled.target() == (1, 6)
    assert target_of(scaled.stage.service()).suspended["DynamicScalingInSuspended"] is False  # type: ignore[union-attr]

    tracking = scaled.do("edit_scaling_policy", operator, TRACKING)
    policy = scaled.policies()["cpu"]["TargetTrackingScalingPolicyConfiguration"]
    assert (policy["TargetValue"], policy["ScaleInCooldown"]) == (60.0, 60)
    scaled.do("edit_scaling_policy", operator, {**TRACKING, "target_value": "70", "disable_scale_in": "on"})
    deleted = scaled.do("delete_scaling_policy", operator, {"policy": "cpu"})
    assert not scaled.policies()
    scaled.undo(deleted, operator)
    policy = scaled.policies()["cpu"]["TargetTrackingScalingPolicyConfiguration"]
    assert (policy["TargetValue"], policy["DisableScaleIn"]) == (70.0, True)
    assert tracking.plan.undo is not None
    scaled.do("edit_scheduled_action", operator, MORNING)

    removed = scaled.do("remove_auto_scaling", operator)

    assert titles(removed.plan, "warn") == ["AWS deletes 1 scaling policy and 1 scheduled action"]
    assert (scaled.target(), scaled.policies()) == (None, {})
    assert begun.plan.undo is not None
    assert begun.plan.undo.action == "remove_auto_scaling"
    scaled.undo(removed, operator)
    assert scaled.target() == (1, 6)


def test_a_step_policy_comes_and_goes_with_its_alarm(scaled: Scaled, operator: User) -> None:
    scaled.bounds()
    made = scaled.do("edit_step_policy", operator, STEPS)

    assert calls(made.plan) == ["application-autoscaling.put_scaling_policy", "cloudwatch.put_metric_alarm"]
    alarm = scaled.alarms()["service/shop/web-front/busy"]
    assert alarm["AlarmActions"] == [scaled.policies()["busy"]["PolicyARN"]]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("QueueLength", 100.0)
    scaled.do("edit_step_policy", operator, {**STEPS, "threshold": "200"})
    assert scaled.alarms()["service/shop/web-front/busy"]["Threshold"] == 200.0

    deleted = scaled.do("delete_scaling_policy", operator, {"policy": "busy"})
    assert (scaled.policies(), scaled.alarms()) == ({}, {})
    scaled.undo(deleted, operator)
    steps = scaled.policies()["busy"]["StepScalingPolicyConfiguration"]["StepAdjustments"]
    assert [each["ScalingAdjustment"] for each in steps] == [1, 3]
    gap = {**STEPS, "steps-0-upper": "40"}
    assert "steps" in scaled.stage.errors("edit_step_policy", operator, gap, **IN_SERVICE)


def test_a_scheduled_action_says_its_next_runs_and_is_undone(scaled: Scaled, operator: User) -> None:
    scaled.bounds()
    made = scaled.do("edit_scheduled_action", operator, {**MORNING, "end": "2099-01-01 00:00"})

    [action] = scaled.aws.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    assert (action["Timezone"], action["ScalableTargetAction"]) == ("Europe/Berlin", {"MinCapacity": 4})
    [check] = [each for each in made.plan.checks if "next runs" in each.title]
    assert check.title.count("UTC") == 3
    deleted = scaled.do("delete_scheduled_action", operator, {"scheduled_action": "morning"})
    assert scaled.aws.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"] == []
    scaled.undo(deleted, operator)
    [again] = scaled.aws.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    assert (again["Schedule"], again["EndTime"]) == (action["Schedule"], action["EndTime"])
    wrong = {**MORNING, "schedule": "cron(0 8 * * MON *)", "minimum": ""}
    found = scaled.stage.errors("edit_scheduled_action", operator, wrong, **IN_SERVICE)
    assert set(found) == {"schedule", "minimum"}


def held(scaled: Scaled, user: User, minutes: int = 60) -> Operation:
    """Start a hold at 5 and drive it until it waits."""
    until = f"{clock.now() + timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S}"
    data = {"desired_count": "5", "duration": "until", "until": until}
    operation = scaled.stage.start("hold_desired_tasks", user, data, **IN_SERVICE)
    for _ in range(4):
        Operation.objects.filter(pk=operation.pk).update(next_check_at=clock.now())
        seconds = runner.run(operation.pk)
    assert seconds is not None
    assert 30 < seconds <= 60
    operation.refresh_from_db()
    assert operation.state == "waiting"
    return operation


def test_a_hold_takes_itself_back_when_its_time_is_over(
    scaled: Scaled, deployer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    scaled.bounds(1, 6)
    operation = held(scaled, deployer)
    assert (scaled.target(), scaled.desired()) == ((5, 5), 5)
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr("services.runtime.scaling.clock.now", lambda: later)

    drive.succeed(operation, scaled.stage.sandbox)

    assert scaled.target() == (1, 6)


def test_cancelling_a_hold_restores_the_bounds_at_once(scaled: Scaled, deployer: User) -> None:
    scaled.bounds(1, 6)
    operation = held(scaled, deployer)
    control.cancel(operation, by=deployer, source_ip="", enqueue_run=lambda _: None)

    drive.succeed(operation, scaled.stage.sandbox)

    assert scaled.target() == (1, 6)
    assert operation.steps.get(key="wait").message == f"Ended early by {deployer.username}"


def test_a_hold_that_was_cancelled_before_it_began_changes_nothing(scaled: Scaled, deployer: User) -> None:
    scaled.bounds(1, 6)
    data = {"desired_count": "5", "duration": "60"}
    operation = scaled.stage.start("hold_desired_tasks", deployer, data, **IN_SERVICE)
    control.cancel(operation, by=deployer, source_ip="", enqueue_run=lambda _: None)

    drive.drive(operation)

    assert (operation.state, scaled.target()) == ("cancelled", (1, 6))


def test_a_hold_does_not_restore_bounds_that_somebody_has_changed(scaled: Scaled, deployer: User) -> None:
    scaled.bounds(1, 6)
    operation = held(scaled, deployer)
    scaled.bounds(3, 9)
    control.cancel(operation, by=deployer, source_ip="", enqueue_run=lambda _: None)

    drive.drive(operation)

    assert (operation.state, scaled.target()) == ("succeeded", (3, 9))


def test_scale_refuses_a_number_outside_the_bounds_or_changes_both(scaled: Scaled, deployer: User) -> None:
    scaled.bounds(2, 4)
    assert scaled.stage.errors("scale_service", deployer, {"desired_count": "0"}, **IN_SERVICE) == {
        "desired_count": [
            "Auto scaling keeps 2 to 4 tasks and would set the number back to 2. Change its bounds below, or use Hold "
            "to keep a number for a time."
        ]
    }

    wider = {"desired_count": "5", "minimum": "1", "maximum": "6"}
    operation = scaled.do("scale_service", deployer, wider)

    assert operation.plan.changes == (
        Change("desired tasks", 2, 5), Change("bounds of auto scaling", "2 to 4", "1 to 6")
    )  # fmt: skip
    assert (scaled.target(), scaled.desired()) == ((1, 6), 5)
    scaled.undo(operation, deployer)
    assert (scaled.target(), scaled.desired()) == ((2, 4), 2)


def test_other_changes_of_the_count_are_blocked_outside_the_bounds(scaled: Scaled, operator: User) -> None:
    scaled.bounds(2, 4)
    data = scaled.stage.edit_data(scaled.stage.service(), desiredCount=9)

    plan = scaled.stage.review("edit_service", operator, data, **IN_SERVICE)

    assert titles(plan, "block") == ["Auto scaling sets desired tasks back to 4"]
    deploy = scaled.stage.review("deploy_service", operator, {"tag-web": "1.28"}, **IN_SERVICE)
    assert all("desiredCount" not in step.params for step in deploy.steps)
    assert "The number of tasks stays as it is" in titles(deploy, "ok")


def test_activities_are_read_when_the_count_changes_or_the_maximum_is_reached(scaled: Scaled) -> None:
    scaled.bounds(4, 4)
    service = scaled.stage.service()
    scaled.stage.sandbox.step(70)

    NOUN_EVENTS["services"].describe(scaled.stage.scope, [service.arn])

    assert ScalingActivity.objects.get().description["Description"] == "Setting desired count to 4."
    detail = {"resourceId": scaled.named["ResourceId"], "serviceNamespace": "ecs", "scaledToMax": True}
    event = {"source": "aws.application-autoscaling", "detail-type": STATE_CHANGE, "time": "2026-03-02T08:30:00Z",
             "detail": detail}  # fmt: skip
    effect = HANDLERS[STATE_CHANGE](parse(json.dumps(event)))
    assert effect.mentions == (Mention("scaling_activities", "service/shop/web-front"),)
    ScalingActivity.objects.all().delete()
    wanted = NOUN_EVENTS["scaling_activities"].needs_describe(scaled.stage.scope, effect.mentions)
    NOUN_EVENTS["scaling_activities"].describe(scaled.stage.scope, sorted(wanted))
    assert ScalingActivity.objects.count() == 1


def test_activities_are_kept_and_only_new_pages_are_read(scaled: Scaled) -> None:
    scaled.bounds(4, 4)
    scaled.stage.sandbox.step(70)
    scaled.sweep()
    scaled.stage.client("application-autoscaling").deregister_scalable_target(**scaled.named)
    old = ScalingActivity.objects.get()
    ScalingActivity.objects.filter(pk=old.pk).update(arn="arn:forgotten", name="forgotten")

    scaled.sweep()

    assert ScalingActivity.objects.filter(gone_at=None).count() == 2


def test_the_page_shows_bounds_policies_alarms_schedule_and_activities(
    scaled: Scaled, operator: User, client: Client
) -> None:
    scaled.bounds(3, 6)
    scaled.do("edit_scaling_policy", operator, TRACKING)
    scaled.do("edit_scheduled_action", operator, MORNING)
    scaled.stage.sandbox.step(130)
    scaled.sweep()
    ScalingPolicy.objects.create(
        account=Service.objects.get().account, region="eu-central-1", arn="arn:forecast", name="forecast",
        resource_id="service/shop/web-front", observed_at=clock.now(),
        description={"PolicyType": "PredictiveScaling", "PredictiveScalingPolicyConfiguration": {
            "Mode": "ForecastOnly", "MetricSpecifications": [{"TargetValue": 40.0, "PredefinedMetricPairSpecification":
            {"PredefinedMetricType": "ECSServiceCPUUtilization"}}]}},
    )  # fmt: skip
    client.force_login(operator)

    page = client.get(f"{HERE}scaling/").content.decode()

    assert ScalingActivity.objects.get().description["Cause"] == "minimum capacity was set to 3"
    for shown in (
        "Setting desired count to 3.", "minimum capacity was set to 3", "Keeps it at 60 %", "CPUUtilization &gt; 60",
        "cron(0 8 1 JAN ? *)", "Europe/Berlin", "Target 40, forecasts only", "?policy=cpu", "do all of it",
    ):  # fmt: skip
        assert shown in page, shown
    assert client.get(f"{HERE}scaling/policies/target-tracking/?policy=cpu").content.decode().count('value="60') >= 1

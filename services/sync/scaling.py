"""Sweeps of Application Auto Scaling: scalable targets, policies, scheduled actions and activities of services."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ecsdash.aws.arns import arn
from ecsdash.aws.calls import Aws, batches
from ecsdash.aws.limits import DESCRIBE_ALARMS, SCALING_ACTIVITIES
from ecsdash.inventory import store
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record, plain
from ecsdash.inventory.sweeps.registry import sweeper
from services.models import ScalableTarget, ScalingActivity, ScalingPolicy, ScheduledAction, Service

OF_ECS: Final = {"ServiceNamespace": "ecs"}
#: Members of a CloudWatch alarm that pages and plans read.
ALARM_MEMBERS: Final = (
    "AlarmName", "StateValue", "StateReason", "StateUpdatedTimestamp", "Namespace", "MetricName", "Dimensions",
    "Statistic", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator", "AlarmActions",
)  # fmt: skip


@sweeper("scalable_targets", choice=True)
def sweep_scalable_targets(scope: Scope) -> None:
    aws = scope.connection()
    found = aws.collect("application-autoscaling.describe_scalable_targets", "ScalableTargets", **OF_ECS)
    records = [Record(target_key(scope.account, scope.region, each), each["ResourceId"], each) for each in found]
    store.replace(ScalableTarget, scope, records, "scalable_targets")


@sweeper("scaling_policies", choice=True)
def sweep_scaling_policies(scope: Scope) -> None:
    aws = scope.connection()
    found = aws.collect("application-autoscaling.describe_scaling_policies", "ScalingPolicies", **OF_ECS)
    alarms = _alarms(aws, [alarm["AlarmName"] for each in found for alarm in each.get("Alarms", ())])
    records = [
        Record(
            policy_key(scope.account, scope.region, each),
            each["PolicyName"],
            {name: value for name, value in each.items() if name != "Alarms"},
            columns={
                "resource_id": each["ResourceId"],
                "alarms": [
                    alarms[alarm["AlarmName"]] for alarm in each.get("Alarms", ()) if alarm["AlarmName"] in alarms
                ],
            },
        )
        for each in found
    ]
    store.replace(ScalingPolicy, scope, records, "scaling_policies")


@sweeper("scheduled_actions", choice=True)
def sweep_scheduled_actions(scope: Scope) -> None:
    aws = scope.connection()
    found = aws.collect("application-autoscaling.describe_scheduled_actions", "ScheduledActions", **OF_ECS)
    records = [
        Record(
            scheduled_action_key(scope.account, scope.region, each),
            each["ScheduledActionName"],
            each,
            columns={"resource_id": each["ResourceId"]},
        )
        for each in found
    ]
    store.replace(ScheduledAction, scope, records, "scheduled_actions")


@sweeper("scaling_activities", choice=True)
def sweep_scaling_activities(scope: Scope) -> None:
    """Read the activities, newest first, up to the first page without new ones. None is marked as gone."""
    for page in _activity_pages(scope.connection()):
        records = [_activity(scope, each) for each in page if each["ResourceId"].count("/") == 2]
        known = ScalingActivity.objects.filter(arn__in=[each.arn for each in records]).count()
        store.upsert(ScalingActivity, scope, records, "scaling_activities")
        if known == len(records):
            return


def counts_of_scaled(scope: Scope, arns: Sequence[str]) -> dict[str, int]:
    """Return the desired counts of those of the services that have auto scaling, by the ID of the resource. Only
    a changed count tells that a service was scaled."""
    rows = Service.objects.filter(arn__in=arns).values_list("cluster_name", "name", "desired_count")
    counts = {f"service/{cluster}/{name}": count for cluster, name, count in rows}
    targets = ScalableTarget.objects.in_scope(scope.account, scope.region).present().filter(name__in=counts)
    return {name: counts[name] for name in targets.values_list("name", flat=True)}


def target_key(account: Account, region: str, named: Mapping[str, Any]) -> str:
    """Return the key of a target from what a call or a description names. Older targets have no ARN."""
    path = f"scalable-target/{named.get('ResourceId')}/{named.get('ScalableDimension')}"
    return arn("application-autoscaling", region, account.account_id, path)


def policy_key(account: Account, region: str, named: Mapping[str, Any]) -> str:
    return f"{target_key(account, region, named)}/policy/{named.get('PolicyName')}"


def scheduled_action_key(account: Account, region: str, named: Mapping[str, Any]) -> str:
    return f"{target_key(account, region, named)}/scheduled-action/{named.get('ScheduledActionName')}"


def _alarms(aws: Aws, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the alarms by name, with ALARM_MEMBERS."""
    found = [
        alarm
        for batch in batches(names, DESCRIBE_ALARMS)
        for alarm in aws.collect("cloudwatch.describe_alarms", "MetricAlarms", AlarmNames=list(batch))
    ]
    return {each["AlarmName"]: plain({name: each[name] for name in ALARM_MEMBERS if name in each}) for each in found}


def _activity_pages(aws: Aws) -> Iterator[list[dict[str, Any]]]:
    asked: dict[str, Any] = {**OF_ECS, "IncludeNotScaledActivities": True, "MaxResults": SCALING_ACTIVITIES}
    while True:
        answer = aws.call("application-autoscaling.describe_scaling_activities", **asked).data
        yield answer.get("ScalingActivities", [])
        if not answer.get("NextToken"):
            return
        asked["NextToken"] = answer["NextToken"]


def _activity(scope: Scope, each: Mapping[str, Any]) -> Record:
    _, cluster, service = each["ResourceId"].split("/")
    key = arn("application-autoscaling", scope.region, scope.account.account_id, f"activity/{each['ActivityId']}")
    columns = {
        "cluster_name": cluster,
        "service_name": service,
        "status": each["StatusCode"],
        "started_at": each["StartTime"],
    }
    return Record(key, each["ActivityId"], dict(each), columns=columns)

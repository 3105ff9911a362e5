"""CloudWatch alarms that trigger step scaling policies. AWS makes and deletes those of target tracking itself."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ecsdash.operations.plan import Step
from ecsdash.operations.refs import ref
from services.models import ScalingPolicy, Service
from services.selectors.scaling import resource_id

PUT_ALARM: Final = "cloudwatch.put_metric_alarm"
DELETE_ALARMS: Final = "cloudwatch.delete_alarms"


def alarm_name(service: Service, policy: str) -> str:
    """Return the name of the alarm of a policy. Names of clusters and services hold no slash, so it is unambiguous."""
    return f"{resource_id(service)}/{policy}"


def own_alarms(policy: ScalingPolicy) -> list[str]:
    """Return the names of alarms that trigger only this step scaling policy."""
    if policy.description.get("PolicyType") != "StepScaling":
        return []
    arn = policy.description.get("PolicyARN")
    return [each["AlarmName"] for each in policy.alarms or () if each.get("AlarmActions") == [arn]]


def alarm_steps(policies: Iterable[ScalingPolicy]) -> tuple[Step, ...]:
    """Return the step that deletes the own alarms of these policies; none if there are none."""
    names = sorted({name for policy in policies for name in own_alarms(policy)})
    return (Step("alarms", f"Delete {', '.join(names)}", DELETE_ALARMS, {"AlarmNames": names}),) if names else ()


def put_alarm_step(name: str, values: Mapping[str, Any]) -> Step:
    """Return the step that makes the alarm of the policy that the step `policy` puts."""
    params = {"AlarmName": name, **values, "AlarmActions": [ref("policy.PolicyARN")]}
    return Step("alarm", f"Create the alarm {name}", PUT_ALARM, params)

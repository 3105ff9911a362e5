"""References of the calls of Application Auto Scaling: they change the service that is scaled, and may name a role and
the target group whose requests are counted. Alarms of CloudWatch trigger its policies."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.access.references import How, Own, Reference, entry, thing

Params = Mapping[str, Any]


@entry(
    "application-autoscaling.register_scalable_target",
    "application-autoscaling.deregister_scalable_target",
    "application-autoscaling.put_scaling_policy",
    "application-autoscaling.delete_scaling_policy",
    "application-autoscaling.put_scheduled_action",
    "application-autoscaling.delete_scheduled_action",
)
def change_scaling(params: Params) -> Iterator[Reference]:
    """A resource is `service/<cluster>/<service>`; the permission for the service decides."""
    _, cluster, service = params["ResourceId"].split("/")
    yield thing(How.CHANGES, "service", service, cluster=cluster)
    if role := params.get("RoleARN"):
        yield thing(How.PASSES, "role", role)
    metric = params.get("TargetTrackingScalingPolicyConfiguration", {}).get("PredefinedMetricSpecification", {})
    _, counted, group = metric.get("ResourceLabel", "").partition("/targetgroup/")
    if counted:
        yield thing(How.READS, "target_group", group.partition("/")[0])


@entry("cloudwatch.put_metric_alarm")
def put_alarm(params: Params) -> Iterator[Reference]:
    """An action that the plan did not make itself is used: a topic, a policy of another service."""
    yield thing(How.CREATES, "alarm", params["AlarmName"])
    for action in params.get("AlarmActions", ()):
        if not isinstance(action, Own):
            yield thing(How.USES, "alarm_action", action)


@entry("cloudwatch.delete_alarms")
def delete_alarms(params: Params) -> Iterator[Reference]:
    for name in params["AlarmNames"]:
        yield thing(How.DELETES, "alarm", name)

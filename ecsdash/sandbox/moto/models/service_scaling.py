"""ECS services as scalable targets of Application Auto Scaling: the rules of the API that moto does not have."""

from typing import Any
from zoneinfo import available_timezones

from moto.applicationautoscaling import urls as application_urls
from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    FakeApplicationAutoscalingPolicy,
    FakeScalableTarget,
)
from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.core.exceptions import JsonRESTError

from ecsdash.sandbox.moto.models.runtime import runtime

_NOT_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


class ObjectNotFoundError(JsonRESTError):
    def __init__(self, message: str) -> None:
        super().__init__("ObjectNotFoundException", message)


class SandboxApplicationAutoscalingBackend(ApplicationAutoscalingBackend):
    @property
    def _url_module(self) -> Any:
        return application_urls

    def _ecs_service_exists_for_target(self, r_id: str) -> bool:
        _, cluster, service = r_id.split("/")
        if not runtime.service_exists(self.account_id, self.region_name, cluster, service):
            raise AWSValidationException(f"ECS service doesn't exist: {r_id}")
        return True

    def register_scalable_target(
        self,
        namespace: str,
        r_id: str,
        dimension: str,
        min_capacity: int | None,
        max_capacity: int | None,
        role_arn: str,
        suspended_state: Any,
    ) -> FakeScalableTarget:
        """What a call leaves out stays as it is; a new target needs both bounds."""
        known = self.targets.get(dimension, {}).get(r_id)
        least = known.min_capacity if known and min_capacity is None else min_capacity
        most = known.max_capacity if known and max_capacity is None else max_capacity
        if least is None or most is None:
            raise AWSValidationException("You must supply values for both minimum and maximum capacity.")
        if int(least) > int(most):
            raise AWSValidationException("Maximum capacity cannot be less than minimum capacity.")
        before: Any = known.suspended_state if known else None
        state: Any = {**_NOT_SUSPENDED, **(before or {}), **(suspended_state or {})}
        return super().register_scalable_target(namespace, r_id, dimension, least, most, role_arn, state)

    def deregister_scalable_target(self, namespace: str, r_id: str, dimension: str) -> None:
        """Delete its policies and scheduled actions too."""
        self._registered(namespace, r_id, dimension)
        super().deregister_scalable_target(namespace, r_id, dimension)
        for policy in [each for each in self.policies.values() if each.resource_id == r_id]:
            self.delete_scaling_policy(policy.policy_name, namespace, r_id, dimension)
        self.scheduled_actions = [each for each in self.scheduled_actions if each.resource_id != r_id]

    def put_scaling_policy(
        self,
        policy_name: str,
        service_namespace: str,
        resource_id: str,
        scalable_dimension: str,
        policy_body: dict[str, Any],
        policy_type: str | None,
    ) -> FakeApplicationAutoscalingPolicy:
        """A policy that replaces another keeps its ARN, and deletes the alarms of the replaced one."""
        place = service_namespace, resource_id, scalable_dimension
        self._registered(*place)
        before = dict(self.policies)
        policy = super().put_scaling_policy(policy_name, *place, policy_body, policy_type)
        for key, old in before.items():
            if self.policies[key] is not old:
                old.delete_alarms(self.account_id, self.region_name)
                policy.policy_arn = old.policy_arn
        for alarm in policy.alarms:
            alarm.alarm_actions = [policy.policy_arn]
        return policy

    def describe_scaling_policies(self, *args: Any, **kwargs: Any) -> Any:
        """Policies name every alarm that triggers them, as those of step scaling, which users create.

        moto tests whether the ID of a resource lies in the text that is asked for: a list makes it an equality.
        """
        asked = kwargs.get("resource_id")
        token, policies = super().describe_scaling_policies(*args, **kwargs | {"resource_id": asked and [asked]})
        alarms = cloudwatch_backends[self.account_id][self.region_name].alarms.values()
        for policy in policies:
            policy.alarms = [each for each in alarms if policy.policy_arn in (each.alarm_actions or [])]
        return token, policies

    def delete_scaling_policy(
        self, policy_name: str, service_namespace: str, resource_id: str, scalable_dimension: str
    ) -> None:
        place = service_namespace, resource_id, scalable_dimension
        if FakeApplicationAutoscalingPolicy.formulate_key(*place, policy_name) not in self.policies:
            raise ObjectNotFoundError(
                f"No scaling policy found for service namespace: {service_namespace}, resource ID: {resource_id}, "
                f"scalable dimension: {scalable_dimension}, policy name: {policy_name}"
            )
        super().delete_scaling_policy(policy_name, *place)

    def delete_scheduled_action(
        self, service_namespace: str, scheduled_action_name: str, resource_id: str, scalable_dimension: str
    ) -> None:
        before = len(self.scheduled_actions)
        super().delete_scheduled_action(service_namespace, scheduled_action_name, resource_id, scalable_dimension)
        if len(self.scheduled_actions) == before:
            raise ObjectNotFoundError(
                f"No scheduled action found for service namespace: {service_namespace}, "
                f"resource ID: {resource_id}, scheduled action name: {scheduled_action_name}"
            )

    def put_scheduled_action(self, **kwargs: Any) -> None:  # type: ignore[override]  # moto names every argument
        self._registered(*(kwargs[name] for name in ("service_namespace", "resource_id", "scalable_dimension")))
        if kwargs.get("timezone") and kwargs["timezone"] not in available_timezones():
            raise AWSValidationException(f"Invalid timezone: {kwargs['timezone']}")
        super().put_scheduled_action(**kwargs)

    def _registered(self, namespace: str, r_id: str, dimension: str) -> None:
        if not self._scalable_target_exists(r_id, dimension):
            raise ObjectNotFoundError(
                f"No scalable target registered for service namespace: {namespace}, resource ID: {r_id}, "
                f"scalable dimension: {dimension}"
            )


class SandboxScalingPolicy(FakeApplicationAutoscalingPolicy):
    """Its alarms watch the metric that the policy tracks: above the target and below 90 % of it."""

    def delete_alarms(self, account_id: str, region_name: str) -> None:
        """The alarms of a step scaling policy belong to the user."""
        if self.policy_type == "TargetTrackingScaling":
            super().delete_alarms(account_id, region_name)

    def _generate_ecs_alarms(self) -> list[Alarm]:
        config: dict[str, Any] = self.target_tracking_scaling_policy_configuration or {}
        target = float(config["TargetValue"])
        high = self._alarm("High", "GreaterThanThreshold", target, periods=3)
        low = self._alarm("Low", "LessThanThreshold", target * 0.9, periods=15)
        return [high] if config.get("DisableScaleIn") else [high, low]

    def _alarm(self, kind: str, comparison: str, threshold: float, periods: int) -> Alarm:
        name = f"TargetTracking-{self.resource_id}-Alarm{kind}-{self._guid}"
        alarm: Alarm = cloudwatch_backends[self.account_id][self.region_name].put_metric_alarm(
            name=name,
            comparison_operator=comparison,
            evaluation_periods=periods,
            period=60,
            threshold=threshold,
            description=f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {self.policy_arn}.",
            alarm_actions=[self.policy_arn],
            **self._metric(),
        )
        return alarm

    def _metric(self) -> dict[str, Any]:
        config: dict[str, Any] = self.target_tracking_scaling_policy_configuration or {}
        if custom := config.get("CustomizedMetricSpecification"):
            return {
                "namespace": custom.get("Namespace"),
                "metric_name": custom.get("MetricName"),
                "dimensions": custom.get("Dimensions") or [],
                "statistic": custom.get("Statistic", "Average"),
            }
        predefined = config.get("PredefinedMetricSpecification") or {}
        kind = predefined.get("PredefinedMetricType", "")
        if kind == "ALBRequestCountPerTarget":
            group = "targetgroup/" + predefined.get("ResourceLabel", "").partition("/targetgroup/")[2]
            where = [{"Name": "TargetGroup", "Value": group}]
            return _metric("AWS/ApplicationELB", "RequestCountPerTarget", where, "Sum")
        _, cluster, service = self.resource_id.split("/")
        name = "MemoryUtilization" if "Memory" in kind else "CPUUtilization"
        where = [{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}]
        return _metric("AWS/ECS", name, where, "Average")


def _metric(namespace: str, name: str, dimensions: list[dict[str, str]], statistic: str) -> dict[str, Any]:
    return {"namespace": namespace, "metric_name": name, "dimensions": dimensions, "statistic": statistic}

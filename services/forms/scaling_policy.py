"""Fields of scaling policies: the name, the metric of CloudWatch, and what a policy says as form data."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.validators import RegexValidator

from ecsdash.operations.actions import ActionForm
from ecsdash.web.forms.conditional_fields import required_where_shown
from services.models import ScalingPolicy, Service

STATISTICS: Final = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
COMPARISONS: Final = {
    "GreaterThanOrEqualToThreshold": ">= the threshold",
    "GreaterThanThreshold": "> the threshold",
    "LessThanOrEqualToThreshold": "<= the threshold",
    "LessThanThreshold": "< the threshold",
}
#: The metric of the form -> the name that Application Auto Scaling knows it by.
METRICS: Final = {
    "cpu": "ECSServiceAverageCPUUtilization",
    "memory": "ECSServiceAverageMemoryUtilization",
    "requests": "ALBRequestCountPerTarget",
}
CUSTOM: Final = "custom"
#: Members of a policy that the forms know; a policy with others is edited where it was made.
TRACKING_MEMBERS: Final = frozenset({
    "TargetValue", "PredefinedMetricSpecification", "CustomizedMetricSpecification", "ScaleOutCooldown",
    "ScaleInCooldown", "DisableScaleIn",
})  # fmt: skip
METRIC_MEMBERS: Final = frozenset({"Namespace", "MetricName", "Dimensions", "Statistic"})
STEP_MEMBERS: Final = frozenset({"AdjustmentType", "StepAdjustments", "Cooldown", "MetricAggregationType"})
MOST_SECONDS: Final = 86_400
MOST_DIMENSIONS: Final = 30


def policy_name_field() -> forms.CharField:
    text = "Use letters, digits, spaces, dots, hyphens and underscores."
    return forms.CharField(
        label="Policy name",
        max_length=200,
        validators=[RegexValidator(r"\A[\w. -]+\Z", text)],
        help_text="A policy with this name is replaced.",
    )


class PolicyForm(ActionForm):
    """`?policy=` in the address fills the form with an existing policy of `policy_type`."""

    policy_type = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        service: Service = kwargs["context"].resource
        initial = kwargs.get("initial") or {}
        rows = ScalingPolicy.objects.in_scope(service.account, service.region).present()
        row = rows.filter(
            resource_id=f"service/{service.cluster_name}/{service.name}", name=initial.get("policy", "")
        ).first()
        if row and row.description.get("PolicyType") == self.policy_type:
            kwargs["initial"] = {**initial, **values_of(service, row)}
        super().__init__(*args, **kwargs)


class MetricFields(forms.Form):
    """A metric of CloudWatch. Dimensions are lines of `Name=Value`."""

    namespace = required_where_shown(forms.CharField(label="Namespace", max_length=255, initial="AWS/ECS"))
    metric_name = required_where_shown(forms.CharField(label="Metric name", max_length=255, initial="CPUUtilization"))
    statistic = required_where_shown(
        forms.ChoiceField(label="Statistic", choices=[(each, each) for each in STATISTICS])
    )
    dimensions = forms.CharField(
        label="Dimensions", required=False, max_length=4000, widget=forms.Textarea({"rows": 3}),
        help_text="One in each line: Name=Value",
    )  # fmt: skip

    def clean_dimensions(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["dimensions"].splitlines() if line.strip()]
        pairs = [line.partition("=") for line in lines]
        if len(pairs) > MOST_DIMENSIONS or any(not name.strip() or not value.strip() for name, _, value in pairs):
            raise forms.ValidationError(f"Enter at most {MOST_DIMENSIONS} lines, each as Name=Value.")
        return [{"Name": name.strip(), "Value": value.strip()} for name, _, value in pairs]

    def require_metric(self, data: Mapping[str, Any]) -> None:
        for name in ("namespace", "metric_name"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, "This field is required.")


def own_dimensions(service: Service) -> str:
    """Return the dimensions of the service's own metrics, as lines of the form."""
    return f"ClusterName={service.cluster_name}\nServiceName={service.name}"


def metric_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metric of a valid form as the APIs take it."""
    return {
        "Namespace": data["namespace"],
        "MetricName": data["metric_name"],
        "Dimensions": data["dimensions"],
        "Statistic": data["statistic"] or "Average",
    }


def _metric_values(metric: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "namespace": metric.get("Namespace", ""),
        "metric_name": metric.get("MetricName", ""),
        "statistic": metric.get("Statistic", "Average"),
        "dimensions": "\n".join(f"{each['Name']}={each['Value']}" for each in metric.get("Dimensions") or ()),
    }


def is_editable(policy: ScalingPolicy) -> bool:
    """Return whether the forms know all that the policy says."""
    if tracking := policy.description.get("TargetTrackingScalingPolicyConfiguration"):
        custom = tracking.get("CustomizedMetricSpecification") or {}
        name = (tracking.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType", "")
        known = bool(custom) or name in METRICS.values()
        return known and set(tracking) <= TRACKING_MEMBERS and set(custom) <= METRIC_MEMBERS
    steps = policy.description.get("StepScalingPolicyConfiguration") or {}
    return bool(steps) and set(steps) <= STEP_MEMBERS and len(policy.alarms or ()) == 1


def values_of(service: Service, policy: ScalingPolicy) -> dict[str, Any]:
    """Return the initial values of the form of this policy."""
    if tracking := policy.description.get("TargetTrackingScalingPolicyConfiguration"):
        return {"policy_name": policy.name, **_tracking_values(service, tracking)}
    return {"policy_name": policy.name, **_step_values(policy)}


def data_of(service: Service, policy: ScalingPolicy) -> dict[str, Any]:
    """Return the form data of this policy, as a form would post it."""
    values = values_of(service, policy)
    steps = values.pop("steps", [])
    posted = {name: "" if value is None else value for name, value in values.items() if value is not False}
    for number, step in enumerate(steps):
        posted |= {f"steps-{number}-{name}": "" if value is None else value for name, value in step.items()}
    return {**posted, **({"steps-TOTAL_FORMS": len(steps), "steps-INITIAL_FORMS": 0} if steps else {})}


def _tracking_values(service: Service, tracking: Mapping[str, Any]) -> dict[str, Any]:
    predefined = tracking.get("PredefinedMetricSpecification") or {}
    by_name = {name: key for key, name in METRICS.items()}
    custom = tracking.get("CustomizedMetricSpecification")
    return {
        "metric": CUSTOM if custom else by_name.get(predefined.get("PredefinedMetricType", ""), "cpu"),
        "target_value": tracking.get("TargetValue"),
        "target_group": predefined.get("ResourceLabel", ""),
        "scale_out_cooldown": tracking.get("ScaleOutCooldown"),
        "scale_in_cooldown": tracking.get("ScaleInCooldown"),
        "disable_scale_in": bool(tracking.get("DisableScaleIn")),
        **(_metric_values(custom) if custom else {"dimensions": own_dimensions(service)}),
    }


def _step_values(policy: ScalingPolicy) -> dict[str, Any]:
    steps = policy.description.get("StepScalingPolicyConfiguration") or {}
    alarm: Mapping[str, Any] = next(iter(policy.alarms or ()), {})
    return {
        "adjustment_type": steps.get("AdjustmentType"),
        "cooldown": steps.get("Cooldown"),
        "comparison": alarm.get("ComparisonOperator"),
        "threshold": alarm.get("Threshold"),
        "period": alarm.get("Period"),
        "evaluation_periods": alarm.get("EvaluationPeriods"),
        **_metric_values(alarm),
        "steps": [
            {
                "lower": each.get("MetricIntervalLowerBound"),
                "upper": each.get("MetricIntervalUpperBound"),
                "adjustment": each["ScalingAdjustment"],
            }
            for each in steps.get("StepAdjustments") or ()
        ],
    }

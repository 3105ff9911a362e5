from collections.abc import Mapping
from typing import Any, Final

from django import forms

from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import (
    ANY,
    Check,
    Effect,
    Level,
    Observation,
    Plan,
    PlanError,
    Step,
    Undo,
    changes_between,
)
from ecsdash.web.forms.conditional_fields import required_where_shown
from services.forms.scaling_policy import (
    CUSTOM,
    METRICS,
    MOST_SECONDS,
    MetricFields,
    PolicyForm,
    data_of,
    is_editable,
    metric_of,
    own_dimensions,
    policy_name_field,
)
from services.models import ScalingPolicy, Service
from services.planning.scaling import ScalingAction, key_of, named
from services.selectors.scaling import counted_targets, policies_of, tracked_metric

PUT_POLICY: Final = "application-autoscaling.put_scaling_policy"
CONFIGURATION: Final = "TargetTrackingScalingPolicyConfiguration"
CHOICES: Final = (
    ("cpu", "CPU utilization (%)"),
    ("memory", "Memory utilization (%)"),
    ("requests", "Requests per target of the load balancer, each minute"),
    (CUSTOM, "Another CloudWatch metric"),
)


class EditScalingPolicyForm(PolicyForm, MetricFields):
    policy_type = "TargetTrackingScaling"

    policy_name = policy_name_field()
    metric = forms.ChoiceField(label="Metric", choices=CHOICES)
    target_value = forms.FloatField(
        label="Target value", min_value=0.001, help_text="Auto scaling keeps the metric near this value."
    )
    target_group = required_where_shown(forms.ChoiceField(label="Target group"))
    scale_out_cooldown = forms.IntegerField(
        label="Scale-out cooldown (seconds)", min_value=0, max_value=MOST_SECONDS, initial=300, required=False
    )
    scale_in_cooldown = forms.IntegerField(
        label="Scale-in cooldown (seconds)", min_value=0, max_value=MOST_SECONDS, initial=300, required=False
    )
    disable_scale_in = forms.BooleanField(
        label="Never scale in", required=False, help_text="The policy starts tasks, but stops none."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        context = self.context
        counted = counted_targets(context.user, context.scope, context.resource)
        self.fields["target_group"].choices = list(counted.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("metric") == CUSTOM:
            self.require_metric(data)
        if data.get("metric") == "requests" and not data.get("target_group") and "target_group" not in self.errors:
            self.add_error("target_group", "The service has no target group of an Application Load Balancer.")
        percent = data.get("metric") in ("cpu", "memory")
        if percent and (data.get("target_value") or 0) > 100:
            self.add_error("target_value", "Enter at most 100: the metric is in percent.")
        return data


@register
class EditScalingPolicy(ScalingAction):
    """Creates or replaces a target tracking policy. AWS makes its alarms."""

    name = "edit_scaling_policy"
    label = "Add target tracking"
    path = "services/<str:cluster>/<str:service>/scaling/policies/target-tracking/"
    form_class = EditScalingPolicyForm
    template = "services/scaling/policy.html"
    calls = (PUT_POLICY,)

    def initial(self, context: ActionContext) -> dict[str, Any]:
        start = {"policy_name": "cpu", "metric": "cpu", "target_value": 60}
        return {**start, "dimensions": own_dimensions(context.resource)}

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        present = policies_of(service).filter(name=data["policy_name"]).first()
        wanted = _configuration(data)
        before = _before(present)
        changes = changes_between(_lines(before), _lines(wanted))
        if not changes:
            raise PlanError("The form has no changes. Change a value, or cancel.")
        return Plan(
            summary=f"{'Change' if present else 'Add'} the scaling policy {data['policy_name']} of {service.name}",
            resource_key=key_of(service),
            resource_name=service.name,
            steps=(policy_step(service, data["policy_name"], "TargetTrackingScaling", {CONFIGURATION: wanted}),),
            changes=changes,
            checks=tuple(_checks(service, data)),
            observes=(observed_policy(service, data["policy_name"], present, CONFIGURATION),),
            undo=undo_of(service, data["policy_name"], present),
            touches=("scaling_policies", "scaling_activities", "services"),
        )


def policy_step(service: Service, name: str, policy_type: str, configuration: Mapping[str, Any]) -> Step:
    params = {**named(service), "PolicyName": name, "PolicyType": policy_type, **configuration}
    return Step("policy", f"Put the scaling policy {name}", PUT_POLICY, params)


def observed_policy(service: Service, name: str, present: ScalingPolicy | None, member: str) -> Observation:
    identity = {"named": {**named(service), "PolicyName": name}, "names": [member]}
    values = {member: present.description.get(member)} if present else None
    return Observation("scaling_policy", identity, values, f"The policy {name}", (Effect("policy", {member: ANY}),))


def undo_of(service: Service, name: str, present: ScalingPolicy | None) -> Undo | None:
    if present is None:
        return Undo("delete_scaling_policy", f"delete {name}", service.url_kwargs(), {"policy": name})
    if not is_editable(present):
        return None
    action = "edit_scaling_policy" if CONFIGURATION in present.description else "edit_step_policy"
    return Undo(action, f"restore {name}", service.url_kwargs(), data_of(service, present))


def _before(present: ScalingPolicy | None) -> dict[str, Any]:
    if present is None:
        return {}
    if present.description.get("PolicyType") != "TargetTrackingScaling":
        raise PlanError("A policy of another type has this name. Enter another name.", "policy_name")
    found: dict[str, Any] = present.description.get(CONFIGURATION, {})
    return found


def _configuration(data: Mapping[str, Any]) -> dict[str, Any]:
    if data["metric"] == CUSTOM:
        metric: dict[str, Any] = {"CustomizedMetricSpecification": metric_of(data)}
    else:
        label = {"ResourceLabel": data["target_group"]} if data["metric"] == "requests" else {}
        metric = {"PredefinedMetricSpecification": {"PredefinedMetricType": METRICS[data["metric"]], **label}}
    cooldowns = {"ScaleOutCooldown": data["scale_out_cooldown"], "ScaleInCooldown": data["scale_in_cooldown"]}
    return {
        "TargetValue": data["target_value"],
        **metric,
        **{name: value for name, value in cooldowns.items() if value is not None},
        "DisableScaleIn": bool(data["disable_scale_in"]),
    }


def _lines(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration as flat lines of a diff."""
    if not configuration:
        return {}
    custom = configuration.get("CustomizedMetricSpecification") or {}
    return {
        "metric": tracked_metric(configuration)[0],
        "target group": (configuration.get("PredefinedMetricSpecification") or {}).get("ResourceLabel"),
        "statistic": custom.get("Statistic"),
        "dimensions": ", ".join(f"{each['Name']}={each['Value']}" for each in custom.get("Dimensions") or ()) or None,
        "target value": configuration.get("TargetValue"),
        "scale-out cooldown": configuration.get("ScaleOutCooldown"),
        "scale-in cooldown": configuration.get("ScaleInCooldown"),
        "never scales in": bool(configuration.get("DisableScaleIn")),
    }


def _checks(service: Service, data: Mapping[str, Any]) -> list[Check]:
    """Two policies for one metric fight each other; the highest of all policies wins."""
    wanted = tracked_metric(_configuration(data))[0]
    others = [each for each in policies_of(service) if each.name != data["policy_name"]]
    same = [each.name for each in others if tracked_metric(each.description.get(CONFIGURATION) or {})[0] == wanted]
    if same:
        title = f"{', '.join(same)} follows the same metric"
        return [Check(Level.WARN, title, "Auto scaling takes the larger number of both.", "Edit that policy instead.")]
    if others:
        return [Check(Level.OK, "Of several policies, auto scaling takes the largest number of tasks")]
    return [Check(Level.OK, "AWS makes two CloudWatch alarms for the policy")]

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from django import forms
from django.forms import formset_factory

from ecsdash.operations.actions import ActionContext, Formset, GroupForm, register
from ecsdash.operations.plan import ANY, Check, Effect, Level, Observation, Plan, PlanError, changes_between
from services.actions.edit_scaling_policy import PUT_POLICY, observed_policy, policy_step, undo_of
from services.forms.scaling_policy import (
    COMPARISONS,
    MOST_SECONDS,
    MetricFields,
    PolicyForm,
    metric_of,
    own_dimensions,
    policy_name_field,
)
from services.models import ScalingPolicy, Service
from services.planning.scaling import ScalingAction, key_of
from services.planning.scaling_alarms import PUT_ALARM, alarm_name, own_alarms, put_alarm_step
from services.selectors.scaling import policies_of, step_words

CONFIGURATION: Final = "StepScalingPolicyConfiguration"
KINDS: Final = (
    ("ChangeInCapacity", "Add or remove tasks"),
    ("PercentChangeInCapacity", "Add or remove a percentage of the tasks"),
    ("ExactCapacity", "Set the number of tasks"),
)
PERIODS: Final = (10, 30, 60, 120, 300, 600, 900, 3600)
ALARM_MEMBERS: Final = (
    "Namespace", "MetricName", "Dimensions", "Statistic", "ComparisonOperator", "Threshold", "Period",
    "EvaluationPeriods",
)  # fmt: skip


class StepForm(GroupForm):
    lower = forms.FloatField(label="From", required=False, initial=0)
    upper = forms.FloatField(label="Below", required=False)
    adjustment = forms.IntegerField(label="Adjustment", min_value=-5000, max_value=5000, initial=1)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        lower, upper = data.get("lower"), data.get("upper")
        if lower is not None and upper is not None and lower >= upper:
            self.add_error("upper", "Enter more than the lower bound.")
        return data


class BaseStepFormSet(Formset):
    def clean(self) -> None:
        """The intervals join without gaps; only the ends are open."""
        if any(self.errors):
            return
        found = [form.cleaned_data for form in self.forms if form.cleaned_data]
        if not found:
            raise forms.ValidationError("Add at least one step.")
        ordered = _ordered(found)
        if any(before["upper"] is None or before["upper"] != after["lower"] for before, after in pairwise(ordered)):
            raise forms.ValidationError("Each step must begin where the one before it ends. Only the ends are open.")


StepFormSet: type[Formset] = formset_factory(
    StepForm, formset=BaseStepFormSet, extra=0, min_num=1, max_num=20, validate_max=True
)


class EditStepPolicyForm(PolicyForm, MetricFields):
    policy_type = "StepScaling"
    groups = {"steps": StepFormSet}

    policy_name = policy_name_field()
    comparison = forms.ChoiceField(label="Alarm when the metric is", choices=list(COMPARISONS.items()))
    threshold = forms.FloatField(label="Threshold", initial=80)
    period = forms.TypedChoiceField(label="Period (seconds)", choices=[(each, each) for each in PERIODS], coerce=int)
    evaluation_periods = forms.IntegerField(label="Periods in a row", min_value=1, max_value=100, initial=2)
    adjustment_type = forms.ChoiceField(label="Each step", choices=KINDS)
    cooldown = forms.IntegerField(
        label="Cooldown (seconds)", min_value=0, max_value=MOST_SECONDS, initial=60, required=False
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self.require_metric(data)
        return data


@register
class EditStepPolicy(ScalingAction):
    """Creates or replaces a step scaling policy with the CloudWatch alarm that triggers it."""

    name = "edit_step_policy"
    label = "Add step scaling"
    path = "services/<str:cluster>/<str:service>/scaling/policies/step/"
    form_class = EditStepPolicyForm
    template = "services/scaling/step_policy.html"
    calls = (PUT_POLICY, PUT_ALARM)

    def initial(self, context: ActionContext) -> dict[str, Any]:
        steps = [{"lower": 0, "upper": None, "adjustment": 1}]
        start = {"policy_name": "cpu-high", "period": 60, "dimensions": own_dimensions(context.resource)}
        return {**start, "steps": steps}

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        name = data["policy_name"]
        present = policies_of(service).filter(name=name).first()
        if present and present.description.get("PolicyType") != "StepScaling":
            raise PlanError("A policy of another type has this name. Enter another name.", "policy_name")
        wanted, alarm = _configuration(data), _alarm(data)
        changes = changes_between(_present_lines(present), _lines(wanted, alarm))
        if not changes:
            raise PlanError("The form has no changes. Change a value, or cancel.")
        named_alarm = _name_of_alarm(service, name, present)
        return Plan(
            summary=f"{'Change' if present else 'Add'} the scaling policy {name} of {service.name}",
            resource_key=key_of(service),
            resource_name=service.name,
            steps=(
                policy_step(service, name, "StepScaling", {CONFIGURATION: wanted}),
                put_alarm_step(named_alarm, alarm),
            ),
            changes=changes,
            checks=tuple(_checks(data, present)),
            observes=(observed_policy(service, name, present, CONFIGURATION), _observed_alarm(named_alarm, present)),
            undo=undo_of(service, name, present),
            touches=("scaling_policies", "scaling_activities", "services"),
        )


def _name_of_alarm(service: Service, name: str, present: ScalingPolicy | None) -> str:
    """Return the name of the policy's own alarm, else a new one."""
    own = own_alarms(present) if present else []
    return own[0] if len(own) == 1 else alarm_name(service, name)


def _observed_alarm(name: str, present: ScalingPolicy | None) -> Observation:
    """Return the observation that the alarm is the policy's own, or that there is none of this name."""
    own = name in own_alarms(present) if present else False
    values = {"AlarmName": name} if own else None
    return Observation(
        "metric_alarm", {"name": name, "names": ["AlarmName"]}, values, f"The alarm {name}",
        (Effect("alarm", {"AlarmName": ANY}),),
    )  # fmt: skip


def _configuration(data: Mapping[str, Any]) -> dict[str, Any]:
    steps = [
        {
            **({} if each["lower"] is None else {"MetricIntervalLowerBound": each["lower"]}),
            **({} if each["upper"] is None else {"MetricIntervalUpperBound": each["upper"]}),
            "ScalingAdjustment": each["adjustment"],
        }
        for each in _ordered(data["steps"])
    ]
    cooldown = {} if data["cooldown"] is None else {"Cooldown": data["cooldown"]}
    return {
        "AdjustmentType": data["adjustment_type"],
        "StepAdjustments": steps,
        **cooldown,
        "MetricAggregationType": data["statistic"] if data["statistic"] in ("Minimum", "Maximum") else "Average",
    }


def _alarm(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **metric_of(data),
        "ComparisonOperator": data["comparison"],
        "Threshold": data["threshold"],
        "Period": data["period"],
        "EvaluationPeriods": data["evaluation_periods"],
    }


def _present_lines(present: ScalingPolicy | None) -> dict[str, Any]:
    if present is None:
        return {}
    alarm: Mapping[str, Any] = next(iter(present.alarms or ()), {})
    return _lines(present.description.get(CONFIGURATION, {}), {name: alarm.get(name) for name in ALARM_MEMBERS})


def _lines(steps: Mapping[str, Any], alarm: Mapping[str, Any]) -> dict[str, Any]:
    """Return the policy and its alarm as flat lines of a diff."""
    pairs = ", ".join(f"{each['Name']}={each['Value']}" for each in alarm["Dimensions"] or ())
    return {
        "metric": f"{alarm['Namespace']} {alarm['MetricName']} ({alarm['Statistic']})",
        "dimensions": pairs or None,
        "alarm": f"{alarm['ComparisonOperator']} {alarm['Threshold']} for {alarm['EvaluationPeriods']} x "
        f"{alarm['Period']} s",
        "steps": step_words(steps),
        "cooldown": steps.get("Cooldown"),
    }


def _checks(data: Mapping[str, Any], present: ScalingPolicy | None) -> list[Check]:
    found = [Check(Level.OK, "The alarm is created with the policy and deleted with it")]
    above = data["comparison"].startswith("Greater")
    if all(each["upper" if above else "lower"] is not None for each in data["steps"]):
        end = "upper" if above else "lower"
        detail = "A metric beyond the outermost step changes nothing."
        found.append(Check(Level.WARN, "The outermost step ends", detail, f"Leave its {end} bound empty."))
    if present and len(present.alarms or ()) > 1:
        detail = "The form shows one of them. The others keep triggering the policy."
        found.append(Check(Level.WARN, f"The policy has {len(present.alarms)} alarms", detail))
    return found


def _ordered(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(steps, key=lambda each: float("-inf") if each["lower"] is None else each["lower"])

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Danger, Effect, Level, Observation, Plan, PlanError, Step, Undo
from services.forms.scaling_policy import data_of, is_editable
from services.models import ScalingPolicy, Service
from services.planning.scaling import ScalingAction, key_of, named
from services.planning.scaling_alarms import DELETE_ALARMS, alarm_steps
from services.selectors.scaling import policies_of, shown_policy

DELETE: Final = "application-autoscaling.delete_scaling_policy"


class DeleteScalingPolicyForm(ActionForm):
    policy = forms.ChoiceField(label="Scaling policy")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [shown_policy(each) for each in policies_of(self.context.resource)]
        self.fields["policy"].choices = [(each.row.name, f"{each.row.name}: {each.metric}") for each in rows]  # type: ignore[attr-defined]


@register
class DeleteScalingPolicy(ScalingAction):
    name = "delete_scaling_policy"
    label = "Delete policy"
    danger = Danger.CHANGES
    path = "services/<str:cluster>/<str:service>/scaling/policies/delete/"
    icon = "trash"
    form_class = DeleteScalingPolicyForm
    calls = (DELETE, DELETE_ALARMS)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        policy = policies_of(service).filter(name=data["policy"]).first()
        if policy is None:
            raise PlanError("This policy no longer exists. Choose another.", "policy")
        shown = shown_policy(policy)
        by = {**named(service), "PolicyName": policy.name}
        return Plan(
            summary=f"Delete the scaling policy {policy.name} of {service.name}",
            resource_key=key_of(service),
            resource_name=service.name,
            steps=(
                Step("delete", f"Delete {policy.name}", DELETE, by,
                     tolerate=("ObjectNotFoundException",)),
                *alarm_steps([policy]),
            ),
            changes=(Change(f"policy {policy.name}", f"{shown.metric}: {shown.rule}", None),),
            checks=(_left(service, policy),),
            observes=(
                Observation("scaling_policy", {"named": by, "names": ["PolicyType"]},
                            {"PolicyType": policy.description.get("PolicyType")}, f"The policy {policy.name}",
                            (Effect("delete", None),)),
            ),
            undo=_undo(service, policy),
            touches=("scaling_policies",),
        )  # fmt: skip

    def unavailable(self, resource: Any) -> str:
        reason = super().unavailable(resource)
        return reason or ("" if policies_of(resource).exists() else "The service has no scaling policy.")


def _left(service: Service, policy: ScalingPolicy) -> Check:
    others = [each.name for each in policies_of(service) if each.pk != policy.pk]
    if others:
        return Check(Level.OK, f"The service still follows {', '.join(others)}")
    return Check(Level.WARN, "No policy is left", "The number of tasks then changes by scheduled actions and by hand.")


def _undo(service: Service, policy: ScalingPolicy) -> Undo | None:
    if not is_editable(policy):
        return None
    action = (
        "edit_scaling_policy" if policy.description["PolicyType"] == "TargetTrackingScaling" else "edit_step_policy"
    )
    return Undo(action, f"create {policy.name} again", service.url_kwargs(), data_of(service, policy))

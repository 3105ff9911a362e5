from collections.abc import Mapping
from typing import Any, Final

from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Check, Danger, Effect, Level, Plan, PlanError, Step, Undo
from ecsdash.web.formatting import counted
from services.models import Service
from services.planning.scaling import (
    SCALING_NOUNS,
    WITHOUT,
    ScalingAction,
    bounds_of,
    key_of,
    named,
    observed_target,
)
from services.planning.scaling_alarms import DELETE_ALARMS, alarm_steps
from services.selectors.scaling import policies_of, scheduled_actions_of, target_of

DEREGISTER: Final = "application-autoscaling.deregister_scalable_target"


@register
class RemoveAutoScaling(ScalingAction):
    """Deregisters the scalable target: AWS deletes its policies and scheduled actions too."""

    name = "remove_auto_scaling"
    label = "Remove auto scaling"
    danger = Danger.LOSES
    path = "services/<str:cluster>/<str:service>/scaling/remove/"
    icon = "trash"
    calls = (DEREGISTER, DELETE_ALARMS)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        target = target_of(service)
        if target is None:
            raise PlanError(WITHOUT)
        policies, scheduled = list(policies_of(service)), list(scheduled_actions_of(service))
        bounds = bounds_of(target)
        undo = {"minimum": target.minimum, "maximum": target.maximum}
        return Plan(
            summary=f"Remove auto scaling of {service.name}",
            resource_key=key_of(service),
            resource_name=service.name,
            steps=(
                Step(
                    "deregister", "Deregister the scalable target", DEREGISTER, named(service),
                    tolerate=("ObjectNotFoundException",),
                ),
                *alarm_steps(policies),
            ),
            changes=(
                Change("bounds", f"{target.minimum} to {target.maximum} tasks", None),
                *(Change("scaling policy", each.name, None) for each in policies),
                *(Change("scheduled action", each.name, None) for each in scheduled),
            ),
            checks=(_lost(len(policies), len(scheduled)), _stays(service)),
            observes=(observed_target(service, target, Effect("deregister", None), names=tuple(bounds)),),
            undo=Undo("set_auto_scaling", "set the bounds again, without policies", service.url_kwargs(), undo),
            touches=(*SCALING_NOUNS, "services"),
        )  # fmt: skip


def _lost(policies: int, scheduled: int) -> Check:
    if not policies and not scheduled:
        return Check(Level.OK, "No policy and no scheduled action is lost")
    policy_words = f"{policies} scaling {'policy' if policies == 1 else 'policies'}"
    title = f"AWS deletes {policy_words} and {counted(scheduled, 'scheduled action')}"
    return Check(Level.WARN, title, "They cannot be restored.", "To stop scaling for a time, suspend it instead.")


def _stays(service: Service) -> Check:
    return Check(Level.OK, f"The service keeps its {counted(service.desired_count, 'desired task')}")

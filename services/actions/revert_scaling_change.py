from collections.abc import Mapping
from typing import Any, Final

from ecsdash.external_changes.models import ExternalChange
from ecsdash.external_changes.reverting import RevertAction, restored
from ecsdash.inventory.models import Resource
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Effect, Observation, Plan, Step
from services.models import ScalableTarget, ScalingPolicy

TARGET: Final = "application-autoscaling.register_scalable_target"
POLICY: Final = "application-autoscaling.put_scaling_policy"
NAMES: Final = ("ServiceNamespace", "ResourceId", "ScalableDimension", "PolicyName")


@register
class RevertScalingChange(RevertAction):
    name = "revert_scaling_change"
    path = "external-changes/<str:change>/revert-scaling/"
    calls = (TARGET, POLICY)
    reverts = (
        "application-autoscaling:RegisterScalableTarget",
        "application-autoscaling:PutScalingPolicy",
        "application-autoscaling:DeleteScalingPolicy",
    )

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        change: ExternalChange = context.resource
        wanted = self.former_of(change)
        named: dict[str, Any] = {name: change.request[name] for name in NAMES if name in change.request}
        present = _present(change, list(wanted))
        changes = restored(present, wanted)
        of_target = change.call == TARGET
        identity = {"named": named, "names": list(wanted)}
        effect = Effect("restore", wanted)
        return Plan(
            summary=f"Revert the change of {change.resource_name} by {change.person}",
            resource_key=change.resource_arn,
            resource_name=change.resource_name,
            steps=(
                Step("restore", "Restore the former settings", TARGET if of_target else POLICY, {**named, **wanted}),
            ),
            changes=changes,
            observes=(
                Observation(
                    "scalable_target" if of_target else "scaling_policy",
                    identity,
                    present or None,
                    change.resource_name,
                    (effect,),
                ),
            ),
            touches=("scalable_targets", "scaling_policies", "services"),
        )


def _present(change: ExternalChange, names: list[str]) -> dict[str, Any]:
    """Return the settings in the inventory, none if the target or policy no longer exists."""
    model: type[Resource] = ScalableTarget if change.call == TARGET else ScalingPolicy
    row = model.objects.filter(arn=change.resource_arn).present().first()
    return {name: row.description.get(name) for name in names} if row else {}

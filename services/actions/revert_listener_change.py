from collections.abc import Mapping
from typing import Any

from ecsdash.external_changes.models import ExternalChange
from ecsdash.external_changes.reverting import RevertAction, restored
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Effect, Observation, Plan, PlanError, Step
from services.models import Listener


@register
class RevertListenerChange(RevertAction):
    name = "revert_listener_change"
    path = "external-changes/<str:change>/revert-listener/"
    calls = ("elbv2.modify_listener",)
    reverts = ("elbv2:ModifyListener",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        change: ExternalChange = context.resource
        wanted = self.former_of(change)
        listener = Listener.objects.filter(arn=change.resource_arn).present().first()
        if listener is None:
            raise PlanError("The listener no longer exists.")
        present = {name: listener.description.get(name) for name in wanted}
        changes = restored(present, wanted)
        params = {each.path: each.after for each in changes}
        identity = {"listener": listener.arn, "names": list(wanted)}
        return Plan(
            summary=f"Revert the change of {change.resource_name} by {change.person}",
            resource_key=listener.arn,
            resource_name=change.resource_name,
            steps=(
                Step(
                    "modify",
                    "Restore the former settings",
                    "elbv2.modify_listener",
                    {"ListenerArn": listener.arn, **params},
                ),
            ),
            changes=changes,
            observes=(
                Observation("listener_settings", identity, present, change.resource_name, (Effect("modify", params),)),
            ),
            touches=("load_balancers", "listeners", "target_groups"),
        )

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Effect, Observation, Plan, PlanError, Step, Undo
from services.actions.edit_scheduled_action import data_of
from services.models import Service
from services.planning.scaling import ScalingAction, key_of, named
from services.selectors.scaling import scheduled_actions_of

DELETE: Final = "application-autoscaling.delete_scheduled_action"


class DeleteScheduledActionForm(ActionForm):
    scheduled_action = forms.ChoiceField(label="Scheduled action")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = scheduled_actions_of(self.context.resource)
        choices = [(each.name, f"{each.name}: {each.description.get('Schedule', '')}") for each in rows]
        self.fields["scheduled_action"].choices = choices  # type: ignore[attr-defined]


@register
class DeleteScheduledAction(ScalingAction):
    name = "delete_scheduled_action"
    label = "Delete scheduled action"
    path = "services/<str:cluster>/<str:service>/scaling/schedule/delete/"
    icon = "trash"
    form_class = DeleteScheduledActionForm
    calls = (DELETE,)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        row = scheduled_actions_of(service).filter(name=data["scheduled_action"]).first()
        if row is None:
            raise PlanError("This scheduled action no longer exists. Choose another.", "scheduled_action")
        by = {**named(service), "ScheduledActionName": row.name}
        schedule = row.description.get("Schedule")
        return Plan(
            summary=f"Delete the scheduled action {row.name} of {service.name}",
            resource_key=key_of(service),
            resource_name=service.name,
            steps=(Step("delete", f"Delete {row.name}", DELETE, by, tolerate=("ObjectNotFoundException",)),),
            changes=(Change(f"scheduled action {row.name}", schedule, None),),
            observes=(
                Observation("scheduled_action", {"named": by, "names": ["Schedule"]}, {"Schedule": schedule},
                            f"The scheduled action {row.name}", (Effect("delete", None),)),
            ),
            undo=Undo("edit_scheduled_action", f"create {row.name} again", service.url_kwargs(), data_of(row)),
            touches=("scheduled_actions",),
        )  # fmt: skip

    def unavailable(self, resource: Any) -> str:
        reason = super().unavailable(resource)
        return reason or ("" if scheduled_actions_of(resource).exists() else "The service has no scheduled action.")

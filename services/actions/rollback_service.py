from collections.abc import Mapping
from typing import Any

from django import forms

from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Plan, PlanError
from services.models import Service
from services.planning.deploying import CALLS, revision_plan
from services.planning.services import ServiceAction
from services.selectors import rollback
from services.selectors.task_definitions import definition_of_service


class RollbackServiceForm(ActionForm):
    revision = forms.ChoiceField(
        label="Revision", help_text="Revisions with which this service reached a steady state, newest first."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        revisions = rollback.steady_revisions(self.context.resource)
        self.fields["revision"].choices = [(each.revision, each.words) for each in revisions]  # type: ignore[attr-defined]


@register
class RollbackService(ServiceAction):
    name = "rollback_service"
    deploys = True
    label = "Roll back"
    path = "services/<str:cluster>/<str:service>/rollback/"
    form_class = RollbackServiceForm
    icon = "arrow-back-up"
    calls = CALLS
    watches = ("task_definitions", "service_deployments")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        wanted = definition_of_service(service, data["revision"])
        if wanted is None:
            raise PlanError("This revision no longer exists. Choose another.", "revision")
        summary = f"Roll {service.name} back to {wanted.name}"
        return revision_plan(context, service, definition_of_service(service), wanted, summary)

    def unavailable(self, resource: Any) -> str:
        reason = super().unavailable(resource)
        if reason or rollback.steady_revisions(resource):
            return reason
        return "No earlier revision reached a steady state with this service."

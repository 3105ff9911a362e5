from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from ecsdash.access.permissions import Permission
from ecsdash.aws.prices import Estimate, total
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.document_forms import is_button
from ecsdash.operations.plan import Check, Level, Plan, PlanError, Undo
from ecsdash.web.forms.document.json_text import write
from services.documents.service import Update, changes_in_words, update_of
from services.forms.service.form import ServiceForm
from services.forms.service.start import present_document
from services.models import Service
from services.planning.live_checks import live_checks
from services.planning.prediction import of_deployment
from services.planning.room import room_for_deployment
from services.planning.scaling import count_checks
from services.planning.service_documents import CALLS, WATCHED, Prepared, advice, document_checks, prepared
from services.planning.service_replacement import REPLACEMENT_CALLS, replacement_plan
from services.planning.service_update import observed_document, update_steps
from services.planning.services import TOUCHED, ServiceAction, deployment_continues
from services.planning.task_costs import size_cost
from services.selectors.task_definitions import definition_of_service


@register
class EditService(ServiceAction):
    """Every member of a service. What UpdateService cannot change needs a new service, which the plan creates."""

    name = "edit_service"
    label = "Edit service"
    permission = Permission.OPERATE
    path = "services/<str:cluster>/<str:service>/edit/"
    form_class = ServiceForm
    template = "services/services/edit.html"
    icon = "edit"
    calls = (*CALLS, "ecs.update_service", "ecs.tag_resource", "ecs.untag_resource", *REPLACEMENT_CALLS)
    watches = ("services", *WATCHED)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        before = present_document(service)
        wanted = prepared(context, data, f"{service.cluster_name}/{service.name}")
        update = update_of(before, wanted.document)
        if update.empty:
            raise PlanError("No value was changed. Change a value first.")
        if update.unchangeable:
            return replacement_plan(context, service, data, wanted, update, before)
        return self._update(context, service, data, wanted, update)

    def reworked(self, context: ActionContext, data: QueryDict) -> QueryDict | None:
        return super().reworked(context, data) or (data if is_button(data) else None)

    def extra_context(self, context: ActionContext, form: Any) -> dict[str, Any]:
        controller = context.resource.description.get("deploymentController", {}).get("type", "ECS")
        return {"controller": controller, "replaces": form.update.replaces}

    def _tasks_cost(self, service: Service, data: Mapping[str, Any], wanted: Prepared) -> Estimate | None:
        present = definition_of_service(service)
        count = wanted.document.get("desiredCount", service.desired_count)
        return size_cost(service, present.description, data["definition"].description, count) if present else None

    def _update(
        self, context: ActionContext, service: Service, data: Mapping[str, Any], wanted: Prepared, update: Update
    ) -> Plan:
        before, definition = present_document(service), data["definition"]
        revision = definition.arn if ":" in wanted.document["taskDefinition"] else ""
        room = room_for_deployment(context, service, definition, wanted.document)
        return Plan(
            summary=f"Edit the service {service.name}",
            resource_key=service.arn,
            resource_name=service.name,
            steps=(*wanted.steps, *update_steps(service, update, revision)),
            changes=changes_in_words(before, wanted.document),
            checks=(
                *_effect(update),
                *(count_checks(service, update.params["desiredCount"]) if "desiredCount" in update.params else ()),
                *advice(data["document"], definition),
                *document_checks(
                    context, definition, wanted.document, service.cluster_name, service=service, deploys=update.deploys
                ),
                *wanted.balancing.checks,
            ),
            live_checks=live_checks(context, definition.description) if update.deploys else (),
            observes=(observed_document(service, before, update), *wanted.balancing.observes),
            undo=Undo(self.name, "restore the previous settings", service.url_kwargs(), {"json": write(before)}),
            continues=deployment_continues(service) if update.deploys else None,
            outputs=wanted.balancing.outputs,
            touches=(*TOUCHED, *wanted.touches),
            cost=total(each for each in (wanted.balancing.cost, self._tasks_cost(service, data, wanted)) if each),
            prediction=of_deployment(service, wanted.document, room) if update.deploys else None,
        )


def _effect(update: Update) -> tuple[Check, ...]:
    if update.params.get("capacityProviderStrategy") == []:
        title = "ECS returns to the launch type that the service was created with"
        return (Check(Level.WARN, title, "It does not describe which one that was."),)
    return (Check(Level.OK, "A deployment replaces the tasks"),) if update.deploys else ()

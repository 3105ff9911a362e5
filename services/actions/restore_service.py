from collections.abc import Mapping
from typing import Any

from django import forms

from ecsdash.access.permissions import Permission
from ecsdash.aws.prices import Estimate
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Effect, Level, Observation, Plan, PlanError, Prediction, Step, Undo
from ecsdash.web.forms.document.json_text import write
from services.documents.service import Update, changes_in_words, update_of
from services.forms.service.start import present_document
from services.models import RestorePoint, Service, TaskDefinition
from services.planning import deploying
from services.planning.live_checks import live_checks
from services.planning.prediction import of_deployment
from services.planning.room import room_for_deployment
from services.planning.scaling import REGISTER, SCALING_NOUNS, bounds_of, bounds_step, count_checks, observed_target
from services.planning.service_checks import ending_checks
from services.planning.service_documents import document_checks
from services.planning.service_update import observed_document, update_steps
from services.planning.services import TOUCHED, ServiceAction, deployment_continues
from services.planning.task_costs import size_cost
from services.planning.task_definitions import REVISION_ARN, register_again
from services.selectors.restore_points import NEWEST, in_words, newest
from services.selectors.scaling import target_of
from services.selectors.task_definitions import definition_of_service


class RestoreServiceForm(ActionForm):
    point = forms.ModelChoiceField(
        RestorePoint.objects.none(),
        label="Restore point",
        empty_label=None,
        help_text=f"Each deployment that became steady is one. The {NEWEST} newest are listed.",
        error_messages={"invalid_choice": "This restore point no longer exists. Choose another."},
    )
    count = forms.BooleanField(
        label="Also restore the number of tasks",
        required=False,
        help_text="Otherwise the service keeps its desired tasks of now, and its bounds of auto scaling.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        points, asked = self.context.resource.restore_points, self.data.get("point") or self.initial.get("point")
        field: Any = self.fields["point"]
        field.queryset = points.all()
        field.choices = [(each.pk, in_words(each)) for each in newest(self.context.resource, str(asked or ""))]


@register
class RestoreService(ServiceAction):
    """Return to a state of the service that worked: task definition, capacity, networking, load balancing, deployment
    configuration; on request also the number of tasks and the bounds of auto scaling."""

    name = "restore_service"
    deploys = True
    label = "Restore"
    permission = Permission.OPERATE
    path = "services/<str:cluster>/<str:service>/restore/"
    form_class = RestoreServiceForm
    icon = "history"
    calls = (*deploying.CALLS, REGISTER)
    watches = ("services", "task_definitions", "scalable_targets")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        point: RestorePoint = data["point"]
        before, wanted = present_document(service), definition_of_service(service, point.revision)
        if wanted is None:
            raise PlanError(f"The task definition {point.revision} is no longer known. Choose another.", "point")
        after = _document(point, before, data["count"])
        again = not wanted.active and point.revision != before.get("taskDefinition")
        update = update_of(before, {**after, "taskDefinition": REVISION_ARN} if again else after)
        bounds = _bounds(service, point) if data["count"] else {}
        if not (update.params or bounds):
            raise PlanError("The service is as it was then. Choose another restore point.", "point")
        return Plan(
            summary=f"Restore {service.name} as it was on {point.steady_at:%Y-%m-%d at %H:%M} UTC",
            resource_key=service.arn,
            resource_name=service.name,
            steps=(
                *((register_again(wanted),) if again else ()),
                *_bounds_steps(service, bounds),
                *update_steps(service, update, REVISION_ARN if again else wanted.arn),
            ),
            changes=(*changes_in_words(before, after), *_bounds_changes(service, bounds)),
            checks=(
                *_checks(context, service, update, wanted, after),
                *_left(update),
                *(count_checks(service, update.params["desiredCount"]) if _scales(update, bounds) else ()),
            ),
            live_checks=_images(context, update, wanted),
            observes=(observed_document(service, before, update), *_observed_bounds(service, bounds)),
            undo=Undo("edit_service", "restore the settings of now", service.url_kwargs(), {"json": write(before)}),
            continues=deployment_continues(service) if update.deploys else None,
            touches=(*TOUCHED, "task_definitions", *(SCALING_NOUNS if bounds else ())),
            cost=_cost(service, wanted, update),
            prediction=_prediction(context, service, wanted, after) if update.deploys else None,
        )

    def unavailable(self, resource: Any) -> str:
        if reason := super().unavailable(resource):
            return reason
        return "" if resource.restore_points.exists() else "No deployment of this service has become steady yet."


def _scales(update: Update, bounds: Mapping[str, Any]) -> bool:
    """Return whether the number of tasks changes within the bounds of now."""
    return "desiredCount" in update.params and not bounds


def _document(point: RestorePoint, before: Mapping[str, Any], count: bool) -> dict[str, Any]:
    """Return the document to restore. Names and tags of the service stay."""
    kept = ("serviceName", "tags", *(() if count else ("desiredCount",)))
    restored = {name: value for name, value in point.document.items() if name not in kept}
    return {**restored, **{name: before[name] for name in kept if name in before}}


def _bounds(service: Service, point: RestorePoint) -> dict[str, Any]:
    """Return the bounds of auto scaling to restore; none if they are the same, or the service has no auto scaling."""
    target = target_of(service)
    return dict(point.scaling) if target and point.scaling and bounds_of(target) != point.scaling else {}


def _bounds_steps(service: Service, bounds: Mapping[str, Any]) -> tuple[Step, ...]:
    return (bounds_step("bounds", "Restore the bounds of auto scaling", service, bounds),) if bounds else ()


def _bounds_changes(service: Service, bounds: Mapping[str, Any]) -> tuple[Change, ...]:
    target = target_of(service) if bounds else None
    if target is None:
        return ()
    before, words = bounds_of(target), {"MinCapacity": "minimum tasks", "MaxCapacity": "maximum tasks"}
    return tuple(Change(words[name], before[name], bounds[name]) for name in words if before[name] != bounds[name])


def _observed_bounds(service: Service, bounds: Mapping[str, Any]) -> tuple[Observation, ...]:
    return (observed_target(service, target_of(service), Effect("bounds", dict(bounds))),) if bounds else ()


def _checks(
    context: ActionContext, service: Service, update: Update, wanted: TaskDefinition, after: Mapping[str, Any]
) -> tuple[Check, ...]:
    if not update.deploys:
        return ()
    row = deploying.runnable(wanted)
    placed = document_checks(context, row, after, service.cluster_name, service=service)
    return (deploying.usable(wanted), *placed, *ending_checks(service, row))


def _prediction(
    context: ActionContext, service: Service, wanted: TaskDefinition, after: Mapping[str, Any]
) -> Prediction:
    room = room_for_deployment(context, service, deploying.runnable(wanted), after)
    return of_deployment(service, after, room)


def _cost(service: Service, wanted: TaskDefinition, update: Update) -> Estimate | None:
    present = definition_of_service(service)
    count = update.params.get("desiredCount", service.desired_count)
    return size_cost(service, present.description, wanted.description, count) if present else None


def _left(update: Update) -> tuple[Check, ...]:
    """Return a check for each member that stays as it is now."""
    return tuple(Check(Level.WARN, f"{each.member} stays as it is", each.reason) for each in update.unchangeable)


def _images(context: ActionContext, update: Update, wanted: TaskDefinition) -> Any:
    return live_checks(context, wanted.description) if update.deploys else ()

"""Plans that make a service run another revision: a new one, or one that was registered before."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Change, Check, Effect, Level, Observation, Output, Plan, Prediction, Undo
from services.documents.comparison import changes
from services.forms.service.start import present_document
from services.forms.task_definition.form import own_tags
from services.models import Service, TaskDefinition
from services.planning.live_checks import live_checks
from services.planning.prediction import of_deployment
from services.planning.room import room_for_deployment
from services.planning.service_documents import deployment_checks
from services.planning.services import TOUCHED, deployment_continues, observed, steady_step, update_step
from services.planning.task_costs import size_cost
from services.planning.task_definitions import (
    REGISTERING,
    REVISION_ARN,
    REVISION_NAME,
    log_group_step,
    not_registered,
    register_again,
    register_step,
)

CALLS: Final = (*REGISTERING, "ecs.update_service")


def new_revision_plan(
    context: ActionContext,
    service: Service,
    present: TaskDefinition,
    definition: dict[str, Any],
    summary: str,
    *,
    tags: Sequence[Mapping[str, str]] | None = None,
    log_groups: Sequence[str] = (),
) -> Plan:
    """Return the plan that registers the definition, with the tags of the present one unless others are given, and
    deploys it. `log_groups` are created first."""
    row = not_registered(definition, present)
    title = f"Register a new revision of {present.family}"
    return Plan(
        summary=summary,
        resource_key=service.arn,
        resource_name=service.name,
        steps=(
            *(log_group_step(number, name) for number, name in enumerate(log_groups)),
            register_step({**definition, "tags": own_tags(present) if tags is None else tags}, title=title),
            update_step("Update the service to the new revision", service, {"taskDefinition": REVISION_ARN}),
            steady_step(service, task_definition=REVISION_ARN),
        ),
        changes=changes(present.description, definition),
        checks=deployment_checks(context, service, row, log_groups),
        live_checks=live_checks(context, definition),
        observes=(_observed(service, REVISION_NAME),),
        undo=back_to(service, present),
        continues=deployment_continues(service),
        outputs=(Output("Task definition", REVISION_ARN),),
        touches=(*TOUCHED, "task_definitions", *(("log_groups",) if log_groups else ())),
        cost=size_cost(service, present.description, definition),
        prediction=_prediction(context, service, row),
    )


def revision_plan(
    context: ActionContext, service: Service, present: TaskDefinition | None, wanted: TaskDefinition, summary: str
) -> Plan:
    """Return the plan that deploys an existing revision. One that was deregistered is registered again first."""
    before = present.description if present else {}
    arn, name = (wanted.arn, wanted.name) if wanted.active else (REVISION_ARN, REVISION_NAME)
    again = () if wanted.active else (register_again(wanted),)
    shown = wanted.name if wanted.active else f"a copy of {wanted.name}"
    return Plan(
        summary=summary,
        resource_key=service.arn,
        resource_name=service.name,
        steps=(
            *again,
            update_step(f"Update the service to {shown}", service, {"taskDefinition": arn}),
            steady_step(service, task_definition=arn),
        ),
        changes=(Change("task definition", service.revision, shown), *changes(before, wanted.description)),
        checks=(usable(wanted), *deployment_checks(context, service, runnable(wanted))),
        live_checks=live_checks(context, wanted.description),
        observes=(_observed(service, name),),
        undo=back_to(service, present),
        continues=deployment_continues(service),
        outputs=(Output("Task definition", arn),) if again else (),
        touches=(*TOUCHED, *(("task_definitions",) if again else ())),
        cost=size_cost(service, before, wanted.description) if present else None,
        prediction=_prediction(context, service, runnable(wanted)),
    )


def usable(wanted: TaskDefinition) -> Check:
    if wanted.active:
        return Check(Level.OK, f"{wanted.name} is active")
    return Check(Level.OK, f"{wanted.name} was deregistered", "The plan registers a copy of it as a new revision.")


def runnable(wanted: TaskDefinition) -> TaskDefinition:
    """Return the row that checks judge: of a deregistered revision, its copy."""
    return wanted if wanted.active else not_registered(wanted.description, wanted)


def back_to(service: Service, present: TaskDefinition | None) -> Undo | None:
    if present is None or not present.active:
        return None
    return Undo("deploy_service", f"deploy {present.name} again", service.url_kwargs(), {"revision": present.name})


def _observed(service: Service, after: Any) -> Observation:
    effect = Effect("update", {"task definition": after})
    return observed(service, "status", "task definition", after=(effect,))


def _prediction(context: ActionContext, service: Service, definition: TaskDefinition) -> Prediction:
    document = present_document(service)
    return of_deployment(service, document, room_for_deployment(context, service, definition, document))

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import ANY, Change, Check, Effect, Level, Observation, Plan, PlanError, Repeat, Step
from services.models import Service
from services.planning.services import TOUCHED, ServiceAction, deployment_continues, steady_seconds
from services.selectors.deployment_progress import progress_of
from services.selectors.deployments import PausedDeployment, paused

CONTINUE, ROLLBACK = "CONTINUE", "ROLLBACK"
NOT_PAUSED: Final = "No deployment of this service waits at a pause hook."


class ContinueDeploymentForm(ActionForm):
    decision = forms.ChoiceField(
        label="Decision",
        choices=[
            (CONTINUE, "Continue the deployment | ECS goes on with the next stage"),
            (ROLLBACK, "Roll back | ECS returns all traffic to the old tasks and stops the new ones"),
        ],
        initial=CONTINUE,
        widget=forms.RadioSelect,
    )


@register
class ContinueDeployment(ServiceAction):
    """Decide about a deployment that a PAUSE hook holds at a stage: it goes on, or ECS rolls it back."""

    name = "continue_deployment"
    deploys = True
    label = "Continue or roll back"
    path = "services/<str:cluster>/<str:service>/continue-deployment/"
    form_class = ContinueDeploymentForm
    template = "services/services/continue.html"
    icon = "player-play"
    calls = ("ecs.continue_service_deployment",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        held = paused(service)
        if held is None:
            raise PlanError(NOT_PAUSED)
        goes_on = data["decision"] == CONTINUE
        return Plan(
            summary=f"{'Continue' if goes_on else 'Roll back'} the paused deployment of {service.name}",
            resource_key=held.deployment.arn,
            resource_name=service.name,
            steps=(_continue_step(held, data["decision"]),),
            changes=(
                Change("deployment", f"paused at {held.stage_in_words}", "continues" if goes_on else "rolls back"),
            ),
            checks=(_next(held) if goes_on else _way_back(held),),
            observes=(_observed(held),),
            continues=deployment_continues(service) if goes_on else None,
            touches=TOUCHED,
        )

    def unavailable(self, resource: Any) -> str:
        return super().unavailable(resource) or ("" if paused(resource) else NOT_PAUSED)

    def extra_context(self, context: ActionContext, form: ActionForm) -> dict[str, Any]:
        held = paused(context.resource)
        found = progress_of(context.user, context.scope, context.resource, held.deployment) if held else None
        return {"progress": found}


def _continue_step(held: PausedDeployment, decision: str) -> Step:
    goes_on, arn = decision == CONTINUE, held.deployment.arn
    return Step(
        "continue",
        "Continue the deployment and wait for its end or its next pause"
        if goes_on
        else "Roll the deployment back and wait until ECS has done it",
        call="ecs.continue_service_deployment",
        params={"serviceDeploymentArn": arn, "hookId": held.hook_id, "action": decision},
        repeat=Repeat.LOOKUP,
        lookup="continued_deployment",
        until="deployment_continued" if goes_on else "deployment_rolled_back",
        until_params={"deployment": arn, "hook": held.hook_id} if goes_on else {"deployment": arn},
        timeout=steady_seconds(held.deployment.description),
    )


def _observed(held: PausedDeployment) -> Observation:
    identity = {"deployment": held.deployment.arn, "hook": held.hook_id}
    answered = Effect("continue", {"status": ANY})
    return Observation("deployment_hook", identity, {"status": "AWAITING_ACTION"}, "The pause hook", (answered,))


def _next(held: PausedDeployment) -> Check:
    return Check(Level.OK, f"The deployment goes on after the stage {held.stage_in_words}")


def _way_back(held: PausedDeployment) -> Check:
    if before := ", ".join(held.sources):
        return Check(Level.OK, f"ECS rolls the service back to {before}", "The tasks of the new deployment stop.")
    return Check(
        Level.BLOCK,
        "No earlier revision to roll back to",
        "This is the first deployment of the service.",
        "Continue the deployment, or delete the service.",
    )

from collections.abc import Mapping
from typing import Any

from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import ANY, Change, Check, Effect, Level, Plan, PlanError, Repeat, Step
from services.models import Service, ServiceDeployment
from services.planning.services import STEADY_SECONDS, TOUCHED, ServiceAction, observed
from services.selectors.deployments import sources, stoppable


@register
class StopDeployment(ServiceAction):
    """Stop the deployment in progress: ECS rolls the service back to the revision that ran before."""

    name = "stop_deployment"
    deploys = True
    label = "Stop deployment"
    path = "services/<str:cluster>/<str:service>/stop-deployment/"
    icon = "player-stop"
    calls = ("ecs.stop_service_deployment",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        deployment = stoppable(service)
        if deployment is None:
            raise PlanError("No deployment of this service is in progress.")
        before = ", ".join(sources(deployment))
        return Plan(
            summary=f"Stop the deployment of {deployment.revision or service.revision} to {service.name}",
            resource_key=deployment.arn,
            resource_name=service.name,
            steps=(_stop_step(deployment),),
            changes=(
                Change("deployment", deployment.status, "ROLLBACK"),
                Change("task definition", deployment.revision or service.revision, before or "unchanged"),
            ),
            checks=(_way_back(before),),
            observes=(observed(service, "status", "deployment", after=(Effect("stop", {"deployment": ANY}),)),),
            touches=TOUCHED,
        )

    def unavailable(self, resource: Any) -> str:
        if reason := super().unavailable(resource):
            return reason
        return "" if stoppable(resource) else "No deployment of this service is in progress."


def _stop_step(deployment: ServiceDeployment) -> Step:
    named = {"serviceDeploymentArn": deployment.arn}
    return Step(
        "stop",
        "Stop the deployment and wait until ECS has rolled it back",
        call="ecs.stop_service_deployment",
        params={**named, "stopType": "ROLLBACK"},
        repeat=Repeat.LOOKUP,
        lookup="stopped_deployment",
        until="deployment_rolled_back",
        until_params={"deployment": deployment.arn},
        timeout=STEADY_SECONDS,
    )


def _way_back(before: str) -> Check:
    if before:
        return Check(Level.OK, f"ECS rolls the service back to {before}", "The tasks of the new deployment stop.")
    return Check(
        Level.BLOCK,
        "No earlier revision to roll back to",
        "This is the first deployment of the service, and ECS refuses to stop it.",
        "Deploy a corrected revision, scale the service to 0, or delete it.",
    )

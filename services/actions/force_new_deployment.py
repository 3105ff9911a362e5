from collections.abc import Mapping
from typing import Any

from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Effect, Plan
from ecsdash.operations.refs import ref
from services.forms.service.start import present_document
from services.models import Service
from services.planning.live_checks import live_checks
from services.planning.prediction import of_deployment
from services.planning.room import room_for_deployment
from services.planning.service_documents import deployment_checks
from services.planning.services import TOUCHED, ServiceAction, deployment_continues, observed, steady_step, update_step
from services.selectors.task_definitions import definition_of_service


@register
class ForceNewDeployment(ServiceAction):
    name = "force_new_deployment"
    deploys = True
    label = "Force new deployment"
    path = "services/<str:cluster>/<str:service>/force-new-deployment/"
    icon = "refresh"
    calls = ("ecs.update_service",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        present = definition_of_service(service)
        document = present_document(service)
        room = room_for_deployment(context, service, present, document) if present else None
        begin = update_step(
            f"Start a new deployment of {service.revision}", service, {"forceNewDeployment": True}, forced=True
        )
        new = ref("update.service.deployments.0.id")  # ECS lists the newest deployment first
        return Plan(
            summary=f"Replace all tasks of {service.name}",
            resource_key=service.arn,
            resource_name=service.name,
            steps=(begin, steady_step(service)),
            changes=(Change("tasks", f"{service.running_count} running", "replaced"),),
            checks=deployment_checks(context, service, present) if present else (),
            live_checks=live_checks(context, present.description) if present else (),
            observes=(observed(service, "status", "deployment", after=(Effect("update", {"deployment": new}),)),),
            continues=deployment_continues(service),
            touches=TOUCHED,
            prediction=of_deployment(service, document, room),
        )

from collections.abc import Mapping
from typing import Any

from ecsdash.access.permissions import Permission
from ecsdash.external_changes.models import ExternalChange
from ecsdash.external_changes.reverting import RevertAction, restored
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Check, Effect, Level, LiveCheck, Observation, Plan, PlanError, Undo
from services.models import Service
from services.planning.live_checks import live_checks
from services.planning.scaling import count_checks
from services.planning.service_checks import count_cost
from services.planning.service_documents import deployment_checks
from services.planning.services import TOUCHED, deployment_continues, steady_step, update_step
from services.runtime.services import settings_of
from services.selectors.task_definitions import definition_of_service

#: Settings whose change starts no deployment and no task.
QUIET = frozenset({"healthCheckGracePeriodSeconds", "propagateTags", "enableECSManagedTags"})


@register
class RevertServiceChange(RevertAction):
    name = "revert_service_change"
    permission = Permission.DEPLOY
    path = "external-changes/<str:change>/revert-service/"
    calls = ("ecs.update_service",)
    reverts = ("ecs:UpdateService",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        change: ExternalChange = context.resource
        wanted = self.former_of(change)
        service = _service(change)
        present = settings_of(service.description, list(wanted))
        changes = restored(present, wanted)
        params = {each.path: each.after for each in changes}
        identity = {"cluster": service.cluster_name, "service": service.name, "names": list(wanted)}
        waits = (steady_step(service),) if params.keys() - QUIET else ()
        return Plan(
            summary=f"Revert the change of {service.name} by {change.person}",
            resource_key=service.arn,
            resource_name=service.name,
            steps=(update_step("Restore the former settings", service, params), *waits),
            changes=changes,
            checks=(
                *_checks(context, service, params),
                *(count_checks(service, params["desiredCount"]) if "desiredCount" in params else ()),
            ),
            live_checks=_live_checks(context, service, params),
            observes=(
                Observation(
                    "service_settings", identity, present, f"The service {service.name}", (Effect("update", params),)
                ),
            ),
            undo=_undo(service, params),
            continues=deployment_continues(service) if "taskDefinition" in params else None,
            touches=TOUCHED,
            cost=count_cost(service, params["desiredCount"] - service.desired_count) if _scales_only(params) else None,
        )

    def unavailable(self, resource: Any) -> str:
        if reason := super().unavailable(resource):
            return reason
        service = Service.objects.filter(arn=resource.resource_arn).present().first()
        return "" if service else "The service no longer exists."


def _service(change: ExternalChange) -> Service:
    row: Service | None = Service.objects.filter(arn=change.resource_arn).present().select_related("account").first()
    if row is None:
        raise PlanError("The service no longer exists.")
    return row


def _checks(context: ActionContext, service: Service, params: Mapping[str, Any]) -> tuple[Check, ...]:
    if "taskDefinition" not in params:
        return ()
    revision = params["taskDefinition"]
    definition = definition_of_service(service, revision)
    if definition is None or definition.status != "ACTIVE":
        fix = "Deploy an active revision instead."
        return (Check(Level.BLOCK, f"The former revision {revision} is not active", "", fix),)
    return (
        Check(Level.OK, f"The former revision {revision} is active"),
        *deployment_checks(context, service, definition),
    )


def _live_checks(context: ActionContext, service: Service, params: Mapping[str, Any]) -> tuple[LiveCheck, ...]:
    if "taskDefinition" not in params:
        return ()
    definition = definition_of_service(service, params["taskDefinition"])
    return live_checks(context, definition.description) if definition else ()


def _scales_only(params: Mapping[str, Any]) -> bool:
    return set(params) == {"desiredCount"}


def _undo(service: Service, params: Mapping[str, Any]) -> Undo | None:
    """Return the undo where an action has a form for it: scaling, and the revision."""
    kwargs = service.url_kwargs()
    if _scales_only(params):
        count = service.desired_count
        return Undo("scale_service", f"scale back to {count}", kwargs, {"desired_count": count})
    if set(params) == {"taskDefinition"}:
        return Undo("deploy_service", f"deploy {service.revision} again", kwargs, {"revision": service.revision})
    return None

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from clusters.models import Cluster
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.aws.prices import Estimate, total
from ecsdash.operations.actions import Action, ActionContext, register
from ecsdash.operations.document_forms import is_button
from ecsdash.operations.plan import Continues, Effect, Observation, Plan, Undo
from services.documents.service import changes_in_words
from services.documents.task_prices import definition_cost
from services.forms.service.form import ServiceForm
from services.models import TaskDefinition
from services.planning.live_checks import live_checks
from services.planning.service_documents import CALLS, WATCHED, Prepared, advice, document_checks, left_out, prepared
from services.planning.services import TOUCHED, create_step


@register
class CreateService(Action):
    name = "create_service"
    label = "Create service"
    permission = Permission.OPERATE
    resource_type = Cluster
    creates = "service"
    path = "clusters/<str:cluster>/services/new/"
    form_class = ServiceForm
    template = "services/services/create.html"
    icon = "plus"
    calls = (*CALLS, "ecs.create_service")
    watches = WATCHED

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        """Return the new service itself: a grant may be limited to some service names."""
        cluster = context.resource.access_target()
        return AccessTarget(cluster.account, cluster.region, cluster.cluster, data["service_name"] if data else "")

    def may_open(self, context: ActionContext) -> bool:
        return policy.can_within(context.user, self.permission, context.resource.access_target())

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        cluster: Cluster = context.resource
        name, definition = data["service_name"], data["definition"]
        wanted = prepared(context, data, f"{cluster.name}/{name}")
        identity = {"cluster": cluster.name, "service": name}
        free = Observation("service_state", identity, None, f"The service {name}", (Effect("create", {}),))
        return Plan(
            summary=f"Create the service {name} in {cluster.name}",
            resource_key=context.arn("ecs", f"service/{cluster.name}/{name}"),
            resource_name=name,
            steps=(*wanted.steps, create_step(cluster.name, wanted.document)),
            changes=changes_in_words({}, wanted.document),
            checks=(
                *left_out(data["left_out"]),
                *advice(data["document"], definition),
                *document_checks(context, definition, wanted.document, cluster.name),
                *wanted.balancing.checks,
            ),
            live_checks=live_checks(context, definition.description),
            observes=(free, *wanted.balancing.observes),
            undo=_undo(context, name, wanted),
            continues=Continues(f"The service {name} exists, and ECS continues to start its tasks."),
            removal=_removal(context, name) if wanted.steps else None,
            outputs=wanted.balancing.outputs,
            touches=(*TOUCHED, *wanted.touches),
            cost=_cost(context.scope.region, definition, wanted),
        )

    def unavailable(self, resource: Any) -> str:
        if resource.gone_at is not None:
            return "The cluster no longer exists."
        return "" if resource.status == "ACTIVE" else f"The cluster is {resource.status.lower()}."

    def reworked(self, context: ActionContext, data: QueryDict) -> QueryDict | None:
        return super().reworked(context, data) or (data if is_button(data) else None)

    def back(self, context: ActionContext) -> str:
        return reverse("services:cluster_services", kwargs=context.resource.url_kwargs())


def _undo(context: ActionContext, name: str, wanted: Prepared) -> Undo:
    data = {"remove_load_balancer": "on"} if wanted.steps else {}
    kwargs = {**context.resource.url_kwargs(), "service": name}
    return Undo("delete_service", f"delete {name}", kwargs, data)


def _removal(context: ActionContext, name: str) -> Undo:
    label = "remove the created resources"
    return Undo("remove_leftovers", label, context.resource.url_kwargs(), {"service_name": name})


def _cost(region: str, definition: TaskDefinition, wanted: Prepared) -> Estimate | None:
    """Return the cost of Fargate tasks and of a new load balancer; None if the plan adds no cost."""
    document = wanted.document
    providers = {each["capacityProvider"] for each in document.get("capacityProviderStrategy", [])}
    spot, count = providers == {"FARGATE_SPOT"}, document.get("desiredCount", 0)
    fargate = document.get("launchType") == "FARGATE" or "FARGATE" in providers or spot
    tasks = definition_cost(region, definition.description, count, spot=spot) if fargate else None
    return total(each for each in (tasks, wanted.balancing.cost) if each)

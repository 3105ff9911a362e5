from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from clusters.models import Cluster
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.operations.actions import Action, ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Observation, Plan, PlanError
from services.models import Service
from services.planning.load_balancing.removal import LOAD_BALANCING_NOUNS, REMOVAL_CALLS, removal_steps
from services.selectors.load_balancers import owned_by


class LeftoversForm(ActionForm):
    service_name = forms.CharField(
        label="Service name", max_length=255, help_text="Its load balancer, listeners and target groups are deleted."
    )


@register
class RemoveLeftovers(Action):
    """Remove the load balancing resources of a failed create_service. If the service exists, use delete_service."""

    name = "remove_leftovers"
    label = "Remove leftovers"
    permission = Permission.OPERATE
    resource_type = Cluster
    path = "clusters/<str:cluster>/leftovers/"
    form_class = LeftoversForm
    icon = "trash"
    calls = REMOVAL_CALLS
    watches = LOAD_BALANCING_NOUNS

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        cluster = context.resource.access_target()
        return AccessTarget(cluster.account, cluster.region, cluster.cluster, data["service_name"] if data else "")

    def may_open(self, context: ActionContext) -> bool:
        return policy.can_within(context.user, self.permission, context.resource.access_target())

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        cluster, name = context.resource.name, data["service_name"]
        services = Service.objects.in_scope(context.scope.account, context.scope.region).present()
        if services.filter(cluster_name=cluster, name=name).exclude(status="INACTIVE").exists():
            raise PlanError(
                f"The service {name} exists. Use Delete service, which can delete its load balancer too.",
                "service_name",
            )
        owned = owned_by(context.scope, f"{cluster}/{name}")
        if owned.empty:
            text = f"No leftovers of {name} were found. Resources created in the last minute may not be listed yet."
            raise PlanError(text, "service_name")
        identity = {"cluster": cluster, "service": name}
        return Plan(
            summary=f"Remove the leftovers of the service {name} in {cluster}",
            resource_key=context.arn("ecs", f"service/{cluster}/{name}"),
            resource_name=name,
            steps=removal_steps(owned),
            changes=tuple(Change(kind, each, None) for kind, each in owned.items),
            observes=(Observation("service_state", identity, None, f"The service {name}"),),
            touches=LOAD_BALANCING_NOUNS,
        )

    def back(self, context: ActionContext) -> str:
        return reverse("services:cluster_services", kwargs=context.resource.url_kwargs())

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from clusters.documents.managed_instances import PROVIDER
from clusters.forms.default_strategy import default_items, strategy_with
from clusters.forms.managed_instances.form import NewManagedInstancesForm
from clusters.forms.managed_instances.words import setting_lines
from clusters.models import Cluster
from clusters.planning.auto_scaling import attach_step
from clusters.planning.base import ClusterAction
from clusters.planning.managed_instances import create_step, provider_checks
from clusters.runtime.clusters import strategy_lines
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.document_forms import is_button
from ecsdash.operations.plan import Change, Danger, Effect, Observation, Plan, Undo


@register
class CreateManagedInstances(ClusterAction):
    """Creates a capacity provider of ECS Managed Instances: ECS launches and terminates its instances."""

    name = "create_managed_instances"
    label = "Create Managed Instances provider"
    danger = Danger.NONE
    creates = "capacity_provider"
    path = "clusters/<str:cluster>/capacity/managed-instances/"
    icon = "plus"
    form_class = NewManagedInstancesForm
    template = "clusters/create_managed_instances.html"
    watches = (
        "clusters", "capacity_providers", "roles", "instance_profiles", "vpcs", "subnets", "security_groups",
        "instance_types",
    )  # fmt: skip
    calls = ("ecs.create_capacity_provider", "ecs.put_cluster_capacity_providers")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        cluster: Cluster = context.resource
        document = data["document"]
        name = document["name"]
        present, strategy = default_items(cluster), strategy_with(cluster, name, data)
        lines = {"before": strategy_lines(present), "after": strategy_lines(strategy)}
        names = [*cluster.capacity_providers, name]
        attach = attach_step(cluster.name, names, strategy, "Set the default strategy") if strategy != present else None
        return Plan(
            summary=f"Create the capacity provider {name} in {cluster.name}",
            resource_key=context.arn("ecs", f"capacity-provider/{name}"),
            resource_name=name,
            steps=(create_step(cluster.name, document), *((attach,) if attach else ())),
            changes=(
                Change("capacity provider", None, name),
                *(Change(label, None, value) for label, value in setting_lines(document[PROVIDER]).items()),
                *(Change(f"tag {each['key']}", None, each.get("value", "")) for each in document.get("tags", [])),
                *((Change("default strategy", *lines.values()),) if attach else ()),
            ),
            checks=tuple(provider_checks(context, document)),
            observes=(
                Observation(
                    "cluster_state",
                    {"cluster": cluster.name},
                    {"capacity providers": cluster.capacity_providers, "default strategy": lines["before"]},
                    f"Cluster {cluster.name}",
                    (
                        Effect("capacity_provider", {"capacity providers": names}),
                        Effect("attach", {"default strategy": lines["after"]}),
                    ),
                ),
            ),
            undo=Undo(
                "delete_capacity_provider",
                f"delete the capacity provider {name}",
                {**context.scope.url_kwargs(), "capacity_provider": name},
                {},
            ),
            touches=("clusters", "capacity_providers", "container_instances"),
        )

    def reworked(self, context: ActionContext, data: QueryDict) -> QueryDict | None:
        return data if is_button(data) else None

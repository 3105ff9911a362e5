from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from ecsdash.operations.actions import Action, ActionContext, register
from ecsdash.operations.plan import Change, Check, Danger, Effect, Level, Observation, Output, Plan, Step
from services.models import Namespace
from services.selectors.namespaces import members_of


@register
class DeleteNamespace(Action):
    name = "delete_namespace"
    label = "Delete namespace"
    danger = Danger.LOSES
    resource_type = Namespace
    path = "namespaces/<str:namespace>/delete/"
    icon = "trash"
    calls = ("servicediscovery.delete_namespace",)
    watches = ("namespaces", "services")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        row: Namespace = context.resource
        identity = {"namespace": row.namespace_id}
        return Plan(
            summary=f"Delete the namespace {row.name}",
            resource_key=row.arn,
            resource_name=row.name,
            steps=(
                Step(
                    "delete",
                    f"Delete the namespace {row.name}",
                    call="servicediscovery.delete_namespace",
                    params={"Id": row.namespace_id},
                    tolerate=("NamespaceNotFound",),
                    until="namespace_gone",
                    until_params=identity,
                    timeout=600,
                ),
            ),
            changes=(Change("namespace", row.name, None),),
            checks=tuple(_checks(context, row)),
            observes=(
                Observation(
                    "namespace", identity, {"name": row.name}, f"The namespace {row.name}", (Effect("delete", None),)
                ),
            ),
            outputs=(Output("Namespaces", self.back(context), link=True),),
            touches=("namespaces",),
            risks=("Clients no longer find services by the names of this namespace.",),
        )

    def back(self, context: ActionContext) -> str:
        return reverse("services:namespaces", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Namespaces", self.back(context)), (context.resource.name, "")]


def _checks(context: ActionContext, row: Namespace) -> list[Check]:
    members = members_of(context.user, context.scope, row)
    inside = [each.service.name for each in members.services]
    if inside:
        title = f"{', '.join(sorted(set(inside))[:5])} {'is' if len(inside) == 1 else 'are'} in this namespace"
        return [Check(Level.BLOCK, title, "Their clients would not find them.", "Take them out of it first.")]
    if members.default_of:
        title = f"It is the default namespace of {', '.join(members.default_of)}"
        return [Check(Level.WARN, title, "New services with Service Connect then need another one.")]
    if row.registries:
        title, fix = f"It has {len(row.registries)} Cloud Map services", "Delete them in Cloud Map first."
        return [Check(Level.BLOCK, title, "AWS deletes empty namespaces only.", fix)]
    return [Check(Level.OK, "No service that you may view is in it")]

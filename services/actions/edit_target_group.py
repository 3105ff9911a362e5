from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Check, Effect, Level, Observation, Plan, PlanError, Step, Undo
from services.forms.edit_target_group import EditTargetGroupForm
from services.models import Service, TargetGroup
from services.planning.load_balancing.checks import users_of
from services.planning.load_balancing.settings import attribute_changes, described, health_changes
from services.planning.services import ServiceAction
from services.selectors.load_balancers import settings_of


@register
class EditTargetGroup(ServiceAction):
    """Health check and attributes of a target group in which the service registers its tasks."""

    name = "edit_target_group"
    label = "Edit target group"
    path = "services/<str:cluster>/<str:service>/target-group/"
    form_class = EditTargetGroupForm
    template = "services/services/edit_target_group.html"
    icon = "edit"
    calls = ("elbv2.modify_target_group", "elbv2.modify_target_group_attributes")
    watches = ("target_groups",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        group: TargetGroup = data["group"]
        health, attributes = health_changes(group, data), attribute_changes(group, data)
        if not health and not attributes:
            raise PlanError("No value was changed. Change a value first.")
        before = described(group, (*health, *attributes))
        values = {name: value for name, value in settings_of(group).items() if value is not None}
        return Plan(
            summary=f"Edit the target group {group.name} of {service.name}",
            resource_key=service.arn,
            resource_name=service.name,
            steps=_steps(group, health, attributes),
            changes=tuple(Change(name, before[name], after) for name, after in {**health, **attributes}.items()),
            checks=tuple(_checks(context, service, group, health)),
            observes=(
                Observation(
                    "target_group_settings",
                    {"target_group": group.arn, "names": sorted(before)},
                    before,
                    f"The target group {group.name}",
                    (Effect("modify", health), Effect("attributes", attributes)),
                ),
            ),
            undo=Undo(
                self.name,
                "restore the previous settings",
                service.url_kwargs(),
                {**values, "target_group": group.name},
            ),
            touches=("target_groups",),
        )

    def unavailable(self, resource: Any) -> str:
        return super().unavailable(resource) or (
            "" if resource.target_group_arns else "The service has no target group: attach one under Edit service."
        )

    def back(self, context: ActionContext) -> str:
        return reverse("services:service_networking", kwargs=context.resource.url_kwargs())


def _steps(group: TargetGroup, health: Mapping[str, Any], attributes: Mapping[str, str]) -> tuple[Step, ...]:
    modify = Step(
        "modify",
        f"Change the health check of {group.name}",
        "elbv2.modify_target_group",
        {"TargetGroupArn": group.arn, **health},
    )
    listed = [{"Key": name, "Value": value} for name, value in attributes.items()]
    change = Step(
        "attributes",
        f"Change the attributes of {group.name}",
        "elbv2.modify_target_group_attributes",
        {"TargetGroupArn": group.arn, "Attributes": listed},
    )
    return (*((modify,) if health else ()), *((change,) if attributes else ()))


def _checks(context: ActionContext, service: Service, group: TargetGroup, health: Mapping[str, Any]) -> list[Check]:
    found = []
    if others := users_of(group, service):
        title = f"{', '.join(others)} {'uses' if len(others) == 1 else 'use'} {group.name} too"
        found.append(Check(Level.WARN, title, "The change applies to all of them."))
    if {"HealthCheckPath", "Matcher"} & health.keys():
        title = "Tasks that fail the new health check are replaced"
        detail = "ECS stops tasks that the load balancer calls unhealthy."
        found.append(Check(Level.WARN, title, detail, "Make sure that all running tasks answer it."))
    return found

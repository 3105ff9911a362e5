from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from ecsdash.access.permissions import Permission
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Check, Danger, Level, Plan, Step
from services.forms.service_delete import DeleteServiceForm
from services.models import Service
from services.selectors import load_balancers
from services.selectors.load_balancers import Made
from services.service_action import TOUCHED, ServiceAction, observed, update_step
from services.service_checks import tasks_cost

GONE = ("ServiceNotFoundException", "ServiceNotActiveException")
DRAIN_SECONDS = 1800


@register
class DeleteService(ServiceAction):
    name = "delete_service"
    label = "Delete service"
    permission = Permission.OPERATE
    danger = Danger.LOSES
    path = "services/<str:cluster>/<str:service>/delete/"
    form_class = DeleteServiceForm
    icon = "trash"
    calls = (
        "ecs.update_service", "ecs.delete_service", "elbv2.delete_rule", "elbv2.delete_listener",
        "elbv2.delete_load_balancer", "elbv2.delete_target_group",
    )  # fmt: skip

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        made = load_balancers.made_for(service) if data.get("remove_load_balancer") else Made()
        forced = data["force"] or service.scheduling_strategy == "DAEMON"
        scale_down = () if forced or not service.desired_count else (_scale_down(service),)
        return Plan(
            summary=f"Delete the service {service.name} of {service.cluster_name}",
            resource_key=service.arn,
            resource_name=service.name,
            steps=(*scale_down, _delete(service, forced), *_removals(made)),
            changes=(
                Change("service", service.name, None),
                Change("tasks", f"{service.running_count} running", None),
                *(Change(kind, name, None) for kind, name in made.items),
            ),
            checks=tuple(_checks(service)),
            observes=(observed(service, "status"),),
            touches=(*TOUCHED, *(() if made.empty else ("load_balancers", "listeners", "target_groups"))),
            risks=("The service and its event list cannot be brought back. Its task definition stays.",),
            cost=tasks_cost(service, -service.desired_count),
        )

    def unavailable(self, resource: Any) -> str:
        return "The service no longer exists." if resource.gone_at is not None else ""

    def back(self, context: ActionContext) -> str:
        return reverse("services:service", kwargs=context.resource.url_kwargs())


def _scale_down(service: Service) -> Step:
    step = update_step("Stop all tasks", service, {"desiredCount": 0})
    where = {"cluster": service.cluster_name, "service": service.name, "tasks": service.running_count}
    return Step(
        "scale_down", step.title, step.call, step.params, tolerate=GONE, until="service_empty", until_params=where,
        timeout=DRAIN_SECONDS,
    )  # fmt: skip


def _delete(service: Service, forced: bool) -> Step:
    where = {"cluster": service.cluster_name, "service": service.name}
    return Step(
        "delete",
        f"Delete the service {service.name}",
        call="ecs.delete_service",
        params={**where, **({"force": True} if forced else {})},
        tolerate=GONE,
        until="service_gone",
        until_params=where,
        timeout=DRAIN_SECONDS,
    )


def _removals(made: Made) -> tuple[Step, ...]:
    """Rules and listeners first, then what they pointed to. Each is content with what is gone already."""
    rules = (
        Step(f"rule_{n}", f"Delete rule {each.priority} of the listener {each.listener.label}", "elbv2.delete_rule",
             {"RuleArn": each.rule["arn"]}, tolerate=("RuleNotFound",))
        for n, each in enumerate(made.rules)
    )  # fmt: skip
    listeners = (
        Step(f"listener_{n}", f"Delete the listener at port {each.port}", "elbv2.delete_listener",
             {"ListenerArn": each.arn}, tolerate=("ListenerNotFound",))
        for n, each in enumerate(made.listeners)
    )  # fmt: skip
    balancers = (
        Step(f"load_balancer_{n}", f"Delete the load balancer {each.name}", "elbv2.delete_load_balancer",
             {"LoadBalancerArn": each.arn}, tolerate=("LoadBalancerNotFound",))
        for n, each in enumerate(made.load_balancers)
    )  # fmt: skip
    groups = (
        Step(f"target_group_{n}", f"Delete the target group {each.name}", "elbv2.delete_target_group",
             {"TargetGroupArn": each.arn}, tolerate=("TargetGroupNotFound",), retry_on=("ResourceInUse",))
        for n, each in enumerate(made.target_groups)
    )  # fmt: skip
    return (*rules, *listeners, *balancers, *groups)


def _checks(service: Service) -> list[Check]:
    if not service.running_count:
        return [Check(Level.OK, "No task is running")]
    detail = "Whoever uses the service is refused from then on."
    return [Check(Level.WARN, f"{service.running_count} running tasks will stop", detail)]

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.urls import reverse

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import AccessTarget
from ecsdash.operations.actions import Action, ActionContext, register
from ecsdash.operations.plan import Change, Output, Plan, PlanError, Repeat, Step
from ecsdash.operations.refs import ref
from services.forms.task_definition.advice import image_checks
from services.forms.task_definition.placement import launch_checks
from services.forms.task_run import RunTaskForm
from services.models import TaskDefinition
from services.selectors import task_definitions


@register
class RunTask(Action):
    name = "run_task"
    label = "Run task"
    permission = Permission.DEPLOY
    creates = "task"
    path = "tasks/run/"
    form_class = RunTaskForm
    template = "services/tasks/run.html"
    icon = "player-play"
    calls = ("ecs.run_task",)
    watches = ("task_definitions", "clusters", "subnets", "security_groups", "capacity_providers")

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        """A task that no service starts is judged by its family, as if that were its service."""
        alias, region = context.scope.account.alias, context.scope.region
        if data is None:
            return context.scope.access_target()
        return AccessTarget(alias, region, data["cluster"], data["task_definition"].partition(":")[0])

    def may_open(self, context: ActionContext) -> bool:
        return policy.can_within(context.user, self.permission, context.scope.access_target())

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        definition = task_definitions.by_name(context.user, context.scope, data["task_definition"])
        if definition is None:
            raise PlanError("This task definition is gone. Choose another.", "task_definition")
        params = _params(definition, data)
        count, cluster = data["count"], data["cluster"]
        some = f"{count} task{'s' if count > 1 else ''}"
        wait = {"cluster": cluster, "tasks": ref("run.tasks"), "failures": ref("run.failures"), "count": count}
        return Plan(
            summary=f"Run {some} of {definition.name} in {cluster}",
            resource_key=context.arn("ecs", f"task/{cluster}/new-{uuid4().hex[:12]}"),
            resource_name=definition.name,
            steps=(
                Step(
                    "run",
                    f"Run {some} of {definition.name}",
                    call="ecs.run_task",
                    params=params,
                    repeat=Repeat.TOKEN,
                    until="tasks_started",
                    until_params=wait,
                ),
            ),
            changes=tuple(Change(name, None, value) for name, value in params.items() if name != "cluster"),
            checks=launch_checks(context, definition, data),
            live_checks=image_checks(definition.description, context.scope.account.account_id, context.scope.region),
            outputs=tuple(Output(f"Task {n + 1}", ref(f"run.tasks.{n}.taskArn")) for n in range(count)),
            touches=("tasks", "clusters"),
        )

    def back(self, context: ActionContext) -> str:
        return reverse("services:tasks", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Tasks", self.back(context))]


def _params(definition: TaskDefinition, data: Mapping[str, Any]) -> dict[str, Any]:
    params: dict[str, Any] = {
        "cluster": data["cluster"],
        "taskDefinition": definition.name,
        "count": data["count"],
        **_capacity(data),
    }
    if definition.network_mode == "awsvpc":
        params["networkConfiguration"] = {"awsvpcConfiguration": _network(data)}
    if overrides := _overrides(definition, data):
        params["overrides"] = {"containerOverrides": overrides}
    if data["started_by"]:
        params["startedBy"] = data["started_by"]
    return params


def _capacity(data: Mapping[str, Any]) -> dict[str, Any]:
    """The cluster's default strategy applies when neither is named."""
    if data["compute"] == "strategy":
        return {
            "capacityProviderStrategy": [
                {"capacityProvider": each["provider"], "weight": each["weight"], "base": each["base"]}
                for each in data["strategy"]
            ]
        }
    return {} if data["compute"] == "default" else {"launchType": data["compute"]}


def _network(data: Mapping[str, Any]) -> dict[str, Any]:
    if not data["subnets"]:
        raise PlanError("Choose at least one subnet: this task definition uses the network mode awsvpc.", "subnets")
    on_instances = data["compute"] == "EC2"
    return {
        "subnets": data["subnets"],
        **({"securityGroups": data["security_groups"]} if data["security_groups"] else {}),
        **({} if on_instances else {"assignPublicIp": "ENABLED" if data["assign_public_ip"] else "DISABLED"}),
    }


def _overrides(definition: TaskDefinition, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = [each["name"] for each in definition.description["containerDefinitions"]]
    found = []
    for each in data["overrides"]:
        if each["container"] not in names:
            known = ", ".join(names)
            raise PlanError(f"{definition.name} has no container {each['container']}. It has: {known}.")
        given = {key: each[key] for key in ("command", "environment", "cpu", "memory") if each[key] not in ([], None)}
        if given:
            found.append({"name": each["container"], **given})
    return found

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.urls import reverse

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.masking import mask
from ecsdash.operations.actions import Action, ActionContext, register
from ecsdash.operations.document_forms import is_button
from ecsdash.operations.plan import Change, Level, Output, Plan
from ecsdash.operations.refs import ref
from ecsdash.web.formatting import counted
from services.forms.run_task import RunTaskForm
from services.forms.task_definition.placement import compatibility
from services.models import TaskDefinition
from services.planning.live_checks import live_checks
from services.planning.network import route_checks
from services.planning.room import room_for
from services.planning.running import CONTINUES, end_step, run_step
from services.planning.service_documents import left_out, placement


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
    watches = ("task_definitions", "clusters", "vpcs", "subnets", "security_groups", "capacity_providers", "roles")

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        """Return the place of the tasks: the family of a standalone task counts as its service."""
        alias, region = context.scope.account.alias, context.scope.region
        if data is None:
            return context.scope.access_target()
        return AccessTarget(alias, region, data["document"]["cluster"], data["definition"].family)

    def may_open(self, context: ActionContext) -> bool:
        return policy.can_within(context.user, self.permission, context.scope.access_target())

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        definition: TaskDefinition = data["definition"]
        params = {**data["document"], "taskDefinition": definition.name}
        count, cluster = params.get("count", 1), params["cluster"]
        some, ended = counted(count, "task"), "all tasks have ended" if count > 1 else "the task has ended"
        placed = placement(params, cluster)
        room = room_for(context, definition, params, cluster, count, params.get("group", ""))
        return Plan(
            summary=f"Run {some} of {definition.name} in {cluster}{' and wait' if data['wait'] else ''}",
            resource_key=context.arn("ecs", f"task/{cluster}/new-{uuid4().hex[:12]}"),
            resource_name=definition.name,
            steps=(
                run_step(f"Run {some} of {definition.name}", params),
                *((end_step(f"Wait until {ended}", cluster, data["minutes"]),) if data["wait"] else ()),
            ),
            changes=tuple(Change(name, None, value) for name, value in mask(params).items() if name != "cluster"),
            checks=(
                *left_out(data["left_out"]),
                *compatibility(definition, placed),
                *route_checks(context, definition, placed),
                *(room.checks(context, Level.BLOCK) if room else ()),
            ),
            live_checks=live_checks(context, definition.description),
            continues=CONTINUES,
            outputs=tuple(Output(f"Task {n + 1}", ref(f"run.tasks.{n}.taskArn")) for n in range(count)),
            touches=("tasks", "clusters", *(("stopped_tasks",) if data["wait"] else ())),
        )

    def reworked(self, context: ActionContext, data: QueryDict) -> QueryDict | None:
        return data if is_button(data) else None

    def back(self, context: ActionContext) -> str:
        return reverse("services:tasks", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Tasks", self.back(context))]

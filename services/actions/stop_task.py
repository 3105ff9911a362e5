from collections.abc import Mapping
from typing import Any

from django import forms

from ecsdash.access.permissions import Permission
from ecsdash.operations.actions import Action, ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Effect, Level, Observation, Plan, Step
from services.models import Task


class StopTaskForm(ActionForm):
    reason = forms.CharField(max_length=1024, required=False, help_text="Shown as the stopped reason of the task.")


@register
class StopTask(Action):
    name = "stop_task"
    label = "Stop task"
    permission = Permission.DEPLOY
    resource_type = Task
    path = "tasks/<str:task>/stop/"
    form_class = StopTaskForm
    icon = "player-stop"
    calls = ("ecs.stop_task",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        task: Task = context.resource
        reason = data["reason"] or f"Stopped by {context.user.get_username()}"
        params = {"cluster": task.cluster_name, "task": task.arn, "reason": reason}
        return Plan(
            summary=f"Stop task {task.name[:12]} of {task.service_name or task.family}",
            resource_key=task.arn,
            resource_name=task.name,
            steps=(
                Step(
                    "stop",
                    f"Stop task {task.name[:12]}",
                    call="ecs.stop_task",
                    params=params,
                    until="tasks_stopped",
                    until_params={"cluster": task.cluster_name, "tasks": [task.arn]},
                    timeout=600,
                ),
            ),
            changes=(Change("desired status", task.desired_status, "STOPPED"),),
            checks=(_consequence(task),),
            observes=(
                Observation(
                    "task",
                    {"cluster": task.cluster_name, "task": task.arn},
                    {"desiredStatus": "RUNNING"},
                    f"task {task.name[:12]}",
                    after=(Effect("stop", {"desiredStatus": "STOPPED"}), Effect("stop", None)),
                ),
            ),
            touches=("tasks", "services", "clusters"),
        )

    def unavailable(self, resource: Task) -> str:
        if resource.stopped or resource.forgotten:
            return "This task has stopped."
        return "This task is already stopping." if resource.desired_status == "STOPPED" else ""


def _consequence(task: Task) -> Check:
    if task.service_name:
        return Check(
            Level.OK,
            f"The service {task.service_name} starts a replacement",
            "A service keeps its number of desired tasks. To run fewer, scale the service.",
        )
    return Check(Level.WARN, "This task is not restarted", "It is a standalone task: no service starts a replacement.")

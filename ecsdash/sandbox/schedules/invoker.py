"""Runs the tasks of rules and schedules with their role, and counts the invocations that fail."""

import json
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from ecsdash.sandbox.ecs import EcsControlPlane, EcsError
from ecsdash.sandbox.ecs.aws_services import Metric
from ecsdash.sandbox.http.authorization import PASS_ROLE, needs_of
from ecsdash.sandbox.http.policies import refusal
from ecsdash.sandbox.http.principal import principal_of_named_role
from ecsdash.sandbox.schedules.due import Invocation, due
from ecsdash.sandbox.scope import Scope

MINUTE = 60.0
KEPT = 500
#: Members of EcsParameters that RunTask has under the same name, with a small first letter.
SAME = (
    "LaunchType", "PlatformVersion", "Group", "CapacityProviderStrategy", "EnableECSManagedTags",
    "EnableExecuteCommand", "PlacementConstraints", "PlacementStrategy", "PropagateTags", "ReferenceId",
)  # fmt: skip
_TASK_ROLES = ("executionRoleArn", "taskRoleArn")


class Invoker:
    """`failed` are the newest failed invocations with AWS's message; `put_metrics` stores metrics."""

    def __init__(self, plane: EcsControlPlane, put_metrics: Callable[..., None]) -> None:
        self._plane, self._put_metrics = plane, put_metrics
        self._next = 0.0
        self.failed: deque[tuple[Invocation, str]] = deque(maxlen=KEPT)

    def advance(self, now: float) -> None:
        """Invoke what is due, once a simulated minute."""
        if now < self._next:
            return
        first, self._next = not self._next, now // MINUTE * MINUTE + MINUTE
        if first:
            return
        for scope, invocation in due(now // MINUTE * MINUTE):
            if reason := self._invoke(scope, invocation):
                self.failed.append((invocation, reason))
                self._put_metrics(
                    scope, invocation.namespace, [Metric(invocation.metric, invocation.dimensions, 1.0, "Count")], now
                )

    def _invoke(self, scope: Scope, invocation: Invocation) -> str:
        """Return why the invocation failed; empty if it did not. Neither service tries a refused call again."""
        params = run_task_params(invocation)
        if reason := self._refusal(scope, invocation, params):
            return reason
        try:
            answer = self._plane.handle(scope, "RunTask", params)
        except EcsError as error:
            return str(error.message)
        return ", ".join(str(each["reason"]) for each in answer.get("failures") or ())

    def _refusal(self, scope: Scope, invocation: Invocation, params: dict[str, Any]) -> str:
        role = str(invocation.target.get("RoleArn") or "")
        principal = principal_of_named_role(scope, role)
        if principal is None:
            return f"{invocation.principal} cannot assume the role {role}"
        needs = [(need.action, need.resource, need.context) for need in needs_of("ecs", scope, "RunTask", params)]
        needs += [(PASS_ROLE, passed, {"iam:PassedToService": "ecs-tasks.amazonaws.com"})
                  for passed in self._roles_of(scope, params["taskDefinition"])]  # fmt: skip
        for action, resource, context in needs:
            verdict = principal.judge(action, resource, context)
            if verdict != "allowed":
                return refusal(verdict, role, action, resource)
        return ""

    def _roles_of(self, scope: Scope, definition: str) -> list[str]:
        try:
            found = self._plane.handle(scope, "DescribeTaskDefinition", {"taskDefinition": definition})
        except EcsError:
            return []
        return [found["taskDefinition"][name] for name in _TASK_ROLES if found["taskDefinition"].get(name)]


def run_task_params(invocation: Invocation) -> dict[str, Any]:
    """Return the parameters of RunTask that a target means."""
    ecs: Mapping[str, Any] = invocation.target.get("EcsParameters") or {}
    params = {f"{name[0].lower()}{name[1:]}": ecs[name] for name in SAME if ecs.get(name) not in (None, "", [])}
    network = (ecs.get("NetworkConfiguration") or {}).get("awsvpcConfiguration")
    if network:
        awsvpc = {f"{name[0].lower()}{name[1:]}": value for name, value in network.items() if value}
        params["networkConfiguration"] = {"awsvpcConfiguration": awsvpc}
    if text := invocation.target.get("Input"):
        params["overrides"] = json.loads(text)
    return {
        **params,
        "cluster": invocation.target["Arn"],
        "taskDefinition": ecs["TaskDefinitionArn"],
        "count": int(ecs.get("TaskCount") or 1),
        "startedBy": invocation.started_by,
    }

import json
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    FakeApplicationAutoscalingPolicy,
    FakeScalableTarget,
    applicationautoscaling_backends,
)
from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends

from ecsdash.sandbox.ecs import EcsControlPlane, EcsError
from ecsdash.sandbox.http.messages import Request, Response, json_response, scope_of
from ecsdash.sandbox.scaling.alarms import evaluate
from ecsdash.sandbox.scaling.policy import cooldown, stepped, tracked
from ecsdash.sandbox.scaling.schedule import is_due
from ecsdash.sandbox.scope import Scope

MINUTE = 60.0
KEPT = 500
DIMENSION = "ecs:service:DesiredCount"


@dataclass
class ScalingHistory:
    """Scaling activities and cooldowns; part of the saved state."""

    activities: dict[Scope, list[dict[str, Any]]] = field(default_factory=dict)
    """The newest first."""
    acted_at: dict[tuple[Scope, str], float] = field(default_factory=dict)
    """Scope and resource -> time of the last change by a policy"""


@dataclass(frozen=True)
class ScalingDecision:
    count: int
    cause: str
    policy: FakeApplicationAutoscalingPolicy


def is_activities(request: Request) -> bool:
    return request.service == "application-autoscaling" and request.operation == "DescribeScalingActivities"


class Scaler:
    def __init__(self, plane: EcsControlPlane, *, seed: int = 0) -> None:
        self._plane = plane
        self._rng = Random(seed)  # noqa: S311 the same seed gives the same history
        self._next = 0.0
        self.history = ScalingHistory()

    def advance(self, now: float) -> None:
        """Evaluate all alarms and schedules once a simulated minute."""
        if now < self._next:
            return
        first, self._next = not self._next, now // MINUTE * MINUTE + MINUTE
        if first:
            return
        for account, regions in list(cloudwatch_backends.items()):
            for region, cloudwatch in list(regions.items()):
                self._scale(Scope(account, region), cloudwatch, now)

    def activities(self, request: Request) -> Response:
        asked = json.loads(request.body or b"{}")
        found = [
            activity
            for activity in self.history.activities.get(scope_of(request), [])
            if all(activity[key] == asked[key] for key in ("ServiceNamespace", "ResourceId") if key in asked)
        ]
        start, size = int(asked.get("NextToken") or 0), int(asked.get("MaxResults") or 50)
        more = {"NextToken": str(start + size)} if len(found) > start + size else {}
        return json_response({"ScalingActivities": found[start : start + size], **more})

    def _scale(self, scope: Scope, cloudwatch: CloudWatchBackend, now: float) -> None:
        ringing = evaluate(cloudwatch, now)
        backend = applicationautoscaling_backends[scope.account][scope.region]
        self._follow_schedules(scope, backend, now)
        for target in list(backend.targets.get(DIMENSION, {}).values()):
            current = self._desired(scope, target.resource_id)
            if current is None:
                continue
            if not self._keep_in_bounds(scope, target, current, now):
                rung = {name: (cloudwatch.alarms[name], value) for name, value in ringing.items()}
                self._follow_policies(scope, backend, target, current, rung, now)

    def _follow_schedules(self, scope: Scope, backend: ApplicationAutoscalingBackend, now: float) -> None:
        minute = now // MINUTE * MINUTE
        for action in backend.scheduled_actions:
            target = backend.targets.get(DIMENSION, {}).get(action.resource_id)
            if target is None or action.service_namespace != "ecs" or _suspended(target, "ScheduledScalingSuspended"):
                continue
            if is_due(action.schedule, action.timezone, action.creation_time, minute):
                bounds: Any = action.scalable_target_action or {}
                target.update(bounds.get("MinCapacity"), bounds.get("MaxCapacity"), target.suspended_state)
                current = self._desired(scope, target.resource_id)
                cause = f"scheduled action name {action.scheduled_action_name} was triggered"
                if current is not None:
                    self._set(scope, target.resource_id, current, _bounded(target, current), cause, now)

    def _keep_in_bounds(self, scope: Scope, target: FakeScalableTarget, current: int, now: float) -> bool:
        cause = f"minimum capacity was set to {target.min_capacity} and maximum capacity to {target.max_capacity}"
        return self._set(scope, target.resource_id, current, _bounded(target, current), cause, now)

    def _follow_policies(
        self,
        scope: Scope,
        backend: ApplicationAutoscalingBackend,
        target: FakeScalableTarget,
        current: int,
        rung: dict[str, tuple[Alarm, float]],
        now: float,
    ) -> None:
        """Scale out as far as any policy wants; scale in only if every target tracking policy agrees."""
        policies = [policy for policy in backend.policies.values() if policy.resource_id == target.resource_id]
        decisions = [decision for policy in policies if (decision := _decision(policy, current, rung))]
        chosen = max(decisions, key=lambda decision: decision.count, default=None)
        if chosen is None or chosen.count == current:
            return
        out = chosen.count > current
        trackers = [policy for policy in policies if policy.policy_type == "TargetTrackingScaling"]
        content = {id(decision.policy) for decision in decisions}
        if not out and any(id(policy) not in content for policy in trackers):
            return
        if _suspended(target, "DynamicScalingOutSuspended" if out else "DynamicScalingInSuspended"):
            return
        key = (scope, target.resource_id)
        if now < self.history.acted_at.get(key, 0.0) + cooldown(chosen.policy, "out" if out else "in"):
            return
        if self._set(scope, target.resource_id, current, _bounded(target, chosen.count), chosen.cause, now):
            self.history.acted_at[key] = now

    def _desired(self, scope: Scope, resource: str) -> int | None:
        _, cluster, service = resource.split("/")
        with suppress(EcsError):
            question = {"cluster": cluster, "services": [service]}
            for found in self._plane.handle(scope, "DescribeServices", question)["services"]:
                return int(found["desiredCount"]) if found["status"] == "ACTIVE" else None
        return None

    def _set(self, scope: Scope, resource: str, current: int, count: int, cause: str, now: float) -> bool:
        """Return whether the desired count changed."""
        if count == current:
            return False
        _, cluster, service = resource.split("/")
        activity = {
            "ActivityId": str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            "ServiceNamespace": "ecs",
            "ResourceId": resource,
            "ScalableDimension": DIMENSION,
            "Description": f"Setting desired count to {count}.",
            "Cause": cause,
            "StartTime": now,
            "EndTime": now,
            "StatusCode": "Successful",
            "StatusMessage": f"Successfully set desired count to {count}. Change successfully fulfilled by ecs.",
        }
        try:
            change = {"cluster": cluster, "service": service, "desiredCount": count}
            self._plane.handle(scope, "UpdateService", change)
        except EcsError as error:
            activity |= {"StatusCode": "Failed", "StatusMessage": f"Failed to set desired count: {error.message}"}
        kept = self.history.activities.setdefault(scope, [])
        kept.insert(0, activity)
        del kept[KEPT:]
        return True


def _decision(
    policy: FakeApplicationAutoscalingPolicy, current: int, rung: dict[str, tuple[Alarm, float]]
) -> ScalingDecision | None:
    own = {alarm.name for alarm in policy.alarms}
    for name, (alarm, value) in rung.items():
        if name not in own and policy.policy_arn not in (alarm.alarm_actions or []):
            continue
        if policy.policy_type == "TargetTrackingScaling":
            count = tracked(policy, current, value)
        else:
            count = stepped(policy, current, value, float(alarm.threshold))
        return ScalingDecision(
            count, f"monitor alarm {name} in state ALARM triggered policy {policy.policy_name}", policy
        )
    return None


def _bounded(target: FakeScalableTarget, count: int) -> int:
    return max(int(target.min_capacity or 0), min(int(target.max_capacity or 0), count))


def _suspended(target: FakeScalableTarget, name: str) -> bool:
    state: Any = target.suspended_state
    return bool(isinstance(state, dict) and state.get(name))

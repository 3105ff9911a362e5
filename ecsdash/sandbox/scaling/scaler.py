import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    FakeApplicationAutoscalingPolicy,
    FakeScalableTarget,
    FakeScheduledAction,
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
STATE_CHANGE = "Application Auto Scaling Scaling Activity State Change"


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
        self.send_event: Callable[..., None] = lambda *_, **__: None

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
            and (asked.get("IncludeNotScaledActivities") or "NotScaledReasons" not in activity)
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
            if _in_period(action, now) and is_due(action.schedule, action.timezone, action.creation_time, minute):
                bounds: Any = action.scalable_target_action or {}
                target.update(bounds.get("MinCapacity"), bounds.get("MaxCapacity"), target.suspended_state)
                current = self._desired(scope, target.resource_id)
                cause = f"scheduled action name {action.scheduled_action_name} was triggered"
                if current is not None:
                    self._set(scope, target.resource_id, current, _bounded(target, current), cause, now)

    def _keep_in_bounds(self, scope: Scope, target: FakeScalableTarget, current: int, now: float) -> bool:
        count = _bounded(target, current)
        out = count > current
        if _suspended(target, "DynamicScalingOutSuspended" if out else "DynamicScalingInSuspended"):
            return False
        cause = f"{'minimum' if out else 'maximum'} capacity was set to {count}"
        return self._set(scope, target.resource_id, current, count, cause, now)

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
        if not out and self._deploying(scope, target.resource_id):
            return
        key = (scope, target.resource_id)
        if now < self.history.acted_at.get(key, 0.0) + cooldown(chosen.policy, "out" if out else "in"):
            return
        count = _bounded(target, chosen.count)
        if count == current:
            self._not_scaled(scope, target, current, chosen.cause, now)
        elif self._set(scope, target.resource_id, current, count, chosen.cause, now):
            self.history.acted_at[key] = now
            if out and count == int(target.max_capacity or 0):
                self._report_maximum(scope, target, current, now)

    def _desired(self, scope: Scope, resource: str) -> int | None:
        found = self._service(scope, resource)
        return int(found["desiredCount"]) if found and found["status"] == "ACTIVE" else None

    def _deploying(self, scope: Scope, resource: str) -> bool:
        """Return whether a deployment is in progress: tasks are not stopped meanwhile."""
        found = self._service(scope, resource) or {}
        return len(found.get("deployments", ())) > 1

    def _service(self, scope: Scope, resource: str) -> dict[str, Any] | None:
        _, cluster, service = resource.split("/")
        with suppress(EcsError):
            question = {"cluster": cluster, "services": [service]}
            found: list[dict[str, Any]] = self._plane.handle(scope, "DescribeServices", question)["services"]
            return found[0] if found else None
        return None

    def _set(self, scope: Scope, resource: str, current: int, count: int, cause: str, now: float) -> bool:
        """Return whether the desired count changed."""
        if count == current:
            return False
        _, cluster, service = resource.split("/")
        ended = {
            "StatusCode": "Successful",
            "StatusMessage": f"Successfully set desired count to {count}. Change successfully fulfilled by ecs.",
        }
        try:
            change = {"cluster": cluster, "service": service, "desiredCount": count}
            self._plane.handle(scope, "UpdateService", change)
        except EcsError as error:
            ended = {"StatusCode": "Failed", "StatusMessage": f"Failed to set desired count: {error.message}"}
        description = f"Setting desired count to {count}."
        self._keep(scope, resource, now, {"Description": description, "Cause": cause, "EndTime": now, **ended})
        return True

    def _not_scaled(self, scope: Scope, target: FakeScalableTarget, current: int, cause: str, now: float) -> None:
        """Keep the reason why nothing was done, once as long as it stays the same."""
        bound = "Max" if current >= int(target.max_capacity or 0) else "Min"
        capacity = target.max_capacity if bound == "Max" else target.min_capacity
        reasons = [{"Code": f"AlreadyAt{bound}Capacity", f"{bound}Capacity": int(capacity or 0)}]
        own = (each for each in self.history.activities.get(scope, ()) if each["ResourceId"] == target.resource_id)
        if next(own, {}).get("NotScaledReasons") == reasons:
            return
        description = "Attempting to scale due to alarm triggered"
        ended = {"StatusCode": "Unfulfilled", "NotScaledReasons": reasons}
        self._keep(scope, target.resource_id, now, {"Description": description, "Cause": cause, **ended})

    def _keep(self, scope: Scope, resource: str, now: float, members: dict[str, Any]) -> None:
        activity = {
            "ActivityId": str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            "ServiceNamespace": "ecs",
            "ResourceId": resource,
            "ScalableDimension": DIMENSION,
            "StartTime": now,
        }
        kept = self.history.activities.setdefault(scope, [])
        kept.insert(0, activity | members)
        del kept[KEPT:]

    def _report_maximum(self, scope: Scope, target: FakeScalableTarget, before: int, now: float) -> None:
        """Send the event of a service that was scaled to its maximum: the only one of Application Auto Scaling."""
        at = datetime.fromtimestamp(now, UTC).isoformat()
        detail = {
            "startTime": at,
            "endTime": at,
            "newDesiredCapacity": int(target.max_capacity or 0),
            "oldDesiredCapacity": before,
            "minCapacity": int(target.min_capacity or 0),
            "maxCapacity": int(target.max_capacity or 0),
            "resourceId": target.resource_id,
            "scalableDimension": DIMENSION,
            "serviceNamespace": "ecs",
            "statusCode": "Successful",
            "scaledToMax": True,
            "direction": "scale-out",
        }
        self.send_event(scope, STATE_CHANGE, [], detail, source="aws.application-autoscaling")


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


def _in_period(action: FakeScheduledAction, now: float) -> bool:
    start, end = (float(each or 0) for each in (action.start_time, action.end_time))
    return start <= now and (not end or now < end)


def _suspended(target: FakeScalableTarget, name: str) -> bool:
    state: Any = target.suspended_state
    return bool(isinstance(state, dict) and state.get(name))

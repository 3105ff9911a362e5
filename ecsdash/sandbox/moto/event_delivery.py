"""Delivers events to the rules of EventBridge: at once, or twice, late or never while a fault is on."""

import random
import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.core.exceptions import JsonRESTError, ServiceException
from moto.events.models import Rule, events_backends

from ecsdash.sandbox.faults.settings import FaultSettings
from ecsdash.sandbox.moto.models.runtime import runtime
from ecsdash.sandbox.scope import Scope

LATE_SECONDS = 5.0
API_CALL = "AWS API Call via CloudTrail"
Event = dict[str, Any]


class EventDelivery:
    def __init__(self, faults: FaultSettings, *, seed: int = 0) -> None:
        self._faults = faults
        self._rng = random.Random(seed)  # noqa: S311 the same seed gives the same history
        self._late: list[tuple[float, Scope, Event]] = []

    def send_api_call(self, scope: Scope, call: dict[str, Any]) -> None:
        """Report a call that CloudTrail recorded: EventBridge does so only where a trail is logging."""
        if _is_recorded_by_a_trail(scope):
            self.send(scope, API_CALL, [], call, source=f"aws.{call['eventSource'].partition('.')[0]}")

    def send(
        self,
        scope: Scope,
        detail_type: str,
        resources: Sequence[str],
        detail: dict[str, Any],
        *,
        source: str = "aws.ecs",
    ) -> None:
        if not _rules(scope) or self._faults.affects("events-lost", detail_type):
            return
        event = self._event(scope, detail_type, resources, detail) | {"source": source}
        for _ in range(2 if self._faults.affects("events-doubled", detail_type) else 1):
            if self._faults.affects("events-shuffled", detail_type):
                self._late.append((runtime.now() + self._faults.random_delay(LATE_SECONDS), scope, event))
            else:
                _deliver(scope, event)

    def advance(self, now: float) -> None:
        """Deliver the delayed events that are due."""
        due = [each for each in self._late if each[0] <= now]
        self._late = [each for each in self._late if each[0] > now]
        for _, scope, event in sorted(due, key=lambda each: each[0]):
            _deliver(scope, event)

    def forget(self) -> None:
        self._late.clear()

    def _event(self, scope: Scope, detail_type: str, resources: Sequence[str], detail: dict[str, Any]) -> Event:
        return {
            "version": "0",
            "id": str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            "detail-type": detail_type,
            "source": "aws.ecs",
            "account": scope.account,
            "time": runtime.now(),
            "region": scope.region,
            "resources": list(resources),
            "detail": detail,
        }


def _is_recorded_by_a_trail(scope: Scope) -> bool:
    trails = cloudtrail_backends[scope.account][scope.region].trails.values()
    return any(trail.status.is_logging for trail in trails)


def _rules(scope: Scope) -> list[Rule]:
    """Return the enabled rules with an event pattern; the others run on a schedule."""
    bus = events_backends[scope.account][scope.region].event_buses["default"]
    return [rule for rule in bus.rules.values() if rule.state == "ENABLED" and rule.event_pattern.get_pattern()]


def _deliver(scope: Scope, event: Event) -> None:
    """Like EventBridge, ignore targets that do not exist or are not simulated."""
    for rule in _rules(scope):
        with suppress(ServiceException, JsonRESTError, NotImplementedError):
            transforms = any("InputTransformer" in target for target in rule.targets)
            message: Any = event | {"ingestion-time": event["time"]} if transforms else event
            rule.send_to_targets(message, transforms)

"""Rules and schedules with the simulated time, and the rules of EventBridge Scheduler that moto does not have."""

from typing import Any
from zoneinfo import available_timezones

from moto.events.models import Rule
from moto.scheduler import urls
from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule
from moto.scheduler.responses import EventBridgeSchedulerResponse

from ecsdash.sandbox.http.identities import role_named, trust_policy_of
from ecsdash.sandbox.moto.models.runtime import runtime
from ecsdash.sandbox.scaling.schedule import is_due
from ecsdash.sandbox.scope import Scope

SERVICE = "scheduler.amazonaws.com"
REFUSED = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."


class SandboxRule(Rule):
    """A rule that knows when it was put: a rate counts from then."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made_at = runtime.now()


class SandboxSchedulerBackend(EventBridgeSchedulerBackend):
    """`tokens` are the client tokens of schedules, with the answer that created them."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.tokens: dict[str, str] = {}

    @property
    def _url_module(self) -> Any:
        return urls

    def create_schedule(self, *args: Any, **kwargs: Any) -> Schedule:
        self._check(kwargs)
        return super().create_schedule(*args, **kwargs)

    def update_schedule(self, *args: Any, **kwargs: Any) -> Schedule:
        self._check(kwargs)
        return super().update_schedule(*args, **kwargs)

    def _check(self, asked: dict[str, Any]) -> None:
        expression, zone = asked["schedule_expression"], asked["schedule_expression_timezone"] or "UTC"
        if zone not in available_timezones():
            raise ValidationException(f"Invalid Schedule Expression Timezone {zone}.")
        if not _is_expression(expression):
            raise ValidationException(f"Invalid Schedule Expression {expression}.")
        if asked["flexible_time_window"].get("Mode") not in ("OFF", "FLEXIBLE"):
            raise ValidationException("FlexibleTimeWindow needs a mode.")
        scope = Scope(self.account_id, self.region_name)
        role = role_named(scope, str(asked["target"].get("RoleArn")))
        if role is None or SERVICE not in str(trust_policy_of(role)):
            raise ValidationException(REFUSED)


_create = EventBridgeSchedulerResponse.create_schedule


def create_schedule(response: EventBridgeSchedulerResponse) -> str:
    """Answer a repeated call with the same client token as before."""
    tokens: dict[str, str] = response.scheduler_backend.tokens  # type: ignore[attr-defined]
    token = str(response._get_param("ClientToken") or "")
    if not token:
        return _create(response)
    if token not in tokens:
        tokens[token] = _create(response)
    return tokens[token]


def _is_expression(text: str) -> bool:
    if not text.startswith(("at(", "rate(", "cron(")) or not text.endswith(")"):
        return False
    try:
        is_due(text, "UTC", 0.0, 0.0)
    except (ValueError, KeyError):
        return False
    return True

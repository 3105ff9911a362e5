"""Lifecycle hooks of a deployment: it pauses at a stage until its hooks succeed, fail or time out."""

from ecsdash.sandbox.ecs.errors import invalid
from ecsdash.sandbox.ecs.models import Json, ServiceDeployment
from ecsdash.sandbox.ecs.state import EcsState

_FUNCTION_SECONDS = 3.0
"""Seconds after which a hook succeeds: Lambda functions are not simulated."""
_OPEN = ("AWAITING_ACTION", "IN_PROGRESS")


def arm(state: EcsState, record: ServiceDeployment, stage: str) -> None:
    """Start the hooks of a new stage."""
    configured = record.configuration.get("lifecycleHooks", [])
    record.hooks = record.hooks + [
        _armed(state, hook) for hook in configured if stage in hook.get("lifecycleStages", [])
    ]


def waiting(record: ServiceDeployment) -> bool:
    return any(hook["status"] in _OPEN for hook in record.hooks)


def look(state: EcsState, record: ServiceDeployment) -> str:
    """Complete the hooks that are due; return the reason to roll back, or an empty text."""
    reason = ""
    hooks = []
    for hook in record.hooks:
        status = hook["status"]
        if status == "IN_PROGRESS" and state.now >= hook["startedAt"] + _FUNCTION_SECONDS:
            status = "SUCCEEDED"
        elif status in _OPEN and state.now >= hook["expiresAt"]:
            status = "TIMED_OUT"
            if hook["timeoutAction"] == "ROLLBACK":
                reason = "Service deployment rolled back because a lifecycle hook timed out."
        hooks.append(hook | {"status": status})
    record.hooks = hooks
    return reason


def answer(record: ServiceDeployment, hook_id: str, status: str) -> None:
    """Apply a client's decision about a hook that pauses the deployment."""
    hook = next((hook for hook in record.hooks if hook["hookId"] == hook_id), None)
    if hook is None or hook["status"] != "AWAITING_ACTION":
        raise invalid(f"The lifecycle hook {hook_id} is not waiting for an action.")
    record.hooks = [item | {"status": status} if item is hook else item for item in record.hooks]


def close(record: ServiceDeployment) -> None:
    """Cancel the hooks of a deployment that has ended."""
    record.hooks = [hook | {"status": "FAILED"} if hook["status"] in _OPEN else hook for hook in record.hooks]


def to_api(record: ServiceDeployment) -> list[Json]:
    return [{key: value for key, value in hook.items() if key != "startedAt"} for hook in record.hooks]


def _armed(state: EcsState, hook: Json) -> Json:
    kind, timeout = hook.get("targetType", "AWS_LAMBDA"), hook.get("timeoutConfiguration", {})
    return {
        "hookId": state.uuid(),
        "targetType": kind,
        **({"targetArn": hook["hookTargetArn"]} if "hookTargetArn" in hook else {}),
        "status": "AWAITING_ACTION" if kind == "PAUSE" else "IN_PROGRESS",
        "startedAt": state.now,
        "expiresAt": state.now + 60.0 * timeout.get("timeoutInMinutes", 1440),
        "timeoutAction": timeout.get("action", "ROLLBACK"),
    }

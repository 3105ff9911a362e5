"""Lifecycle hooks of a deployment: it pauses at a stage until its hooks succeed, fail or time out."""

from ecsdash.sandbox.ecs.errors import invalid
from ecsdash.sandbox.ecs.models import Json, ServiceDeployment
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope

_FUNCTION_SECONDS = 3.0
"""Seconds that a Lambda function takes to answer. Its code does not run: the faults decide what it answers."""
_CALL_BACK_SECONDS = 30.0
"""Seconds after which ECS calls a function again that answered IN_PROGRESS."""
_OPEN = ("AWAITING_ACTION", "IN_PROGRESS")


def arm(state: EcsState, record: ServiceDeployment, stage: str) -> None:
    """Start the hooks of a new stage."""
    configured = record.configuration.get("lifecycleHooks", [])
    record.hooks = record.hooks + [
        _armed(state, hook) for hook in configured if stage in hook.get("lifecycleStages", [])
    ]


def waiting(record: ServiceDeployment) -> bool:
    return any(hook["status"] in _OPEN for hook in record.hooks)


def look(state: EcsState, scope: Scope, record: ServiceDeployment) -> str:
    """Complete the hooks that are due; return the reason to roll back, or an empty text."""
    reason = ""
    hooks = []
    for hook in record.hooks:
        status, called_at = hook["status"], hook["calledAt"]
        if status in _OPEN and state.now >= hook["expiresAt"]:
            status = "TIMED_OUT"
            if hook["timeoutAction"] == "ROLLBACK":
                reason = "Service deployment rolled back because a lifecycle hook timed out."
        elif status == "IN_PROGRESS" and state.now >= called_at + _FUNCTION_SECONDS:
            status, called_at = _answer_of(state, scope, hook), called_at + _CALL_BACK_SECONDS
            if status == "FAILED":
                reason = "Service deployment rolled back because a lifecycle hook failed."
        hooks.append(hook | {"status": status, "calledAt": called_at})
    record.hooks = hooks
    return reason


def _answer_of(state: EcsState, scope: Scope, hook: Json) -> str:
    """Return what the Lambda function answers: hookStatus. One that does not exist fails the hook."""
    name = str(hook["targetArn"]).split(":")[6]
    if not state.aws.function_exists(scope, name) or state.faults.affects("hook-fails", f"function:{name}"):
        return "FAILED"
    return "IN_PROGRESS" if state.faults.affects("hook-waits", f"function:{name}") else "SUCCEEDED"


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
    return [{key: value for key, value in hook.items() if key != "calledAt"} for hook in record.hooks]


def _armed(state: EcsState, hook: Json) -> Json:
    kind, timeout = hook.get("targetType", "AWS_LAMBDA"), hook.get("timeoutConfiguration", {})
    return {
        "hookId": state.uuid(),
        "targetType": kind,
        **({"targetArn": hook["hookTargetArn"]} if "hookTargetArn" in hook else {}),
        "status": "AWAITING_ACTION" if kind == "PAUSE" else "IN_PROGRESS",
        "calledAt": state.now,
        "expiresAt": state.now + 60.0 * timeout.get("timeoutInMinutes", 1440),
        "timeoutAction": timeout.get("action", "ROLLBACK"),
    }

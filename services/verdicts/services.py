"""Why a service cannot reach its desired count, and why a deployment failed."""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.verdicts.placement_causes import BLOCKING, PLACEMENT_CAUSES
from services.verdicts.verdict import Cause, Verdict, first_match

#: Reasons of deployments that failed or were stopped (`rolloutStateReason`, `statusReason`), specific ones first.
DEPLOYMENT_CAUSES = (
    Cause(
        "breaker_start",
        r"circuit breaker: tasks failed to start|circuit breaker.*fail.{0,10} to start",
        "The deployment circuit breaker ended the deployment: its tasks failed to start.",
        "As many tasks failed to start as the circuit breaker allows.",
        "Read why the tasks failed, deploy a corrected revision, and check that the old revision still runs.",
    ),
    Cause(
        "breaker_health",
        r"circuit breaker: tasks failed.{0,30}health check",
        "The deployment circuit breaker ended the deployment: its tasks failed their health checks.",
        "The new tasks started and were replaced because they did not become healthy.",
        "Check the health check's path, port and grace period, and the log of the new tasks.",
    ),
    Cause(
        "breaker",
        r"circuit breaker",
        "The deployment circuit breaker ended the deployment.",
        "As many tasks failed as the circuit breaker allows.",
        "Read why the tasks failed, and deploy a corrected revision.",
    ),
    Cause(
        "alarm",
        r"deployment alarms?: (.{1,200}?) in ALARM|alarm (?:was )?(?:triggered|detected)|deployment alarm",
        "A CloudWatch alarm ended the deployment. {0}",
        "The deployment watches alarms, and one was in the state ALARM.",
        "Check what the alarm measured during the deployment before you deploy the revision again.",
    ),
    Cause(
        "hook",
        r"(?:lifecycle )?hook",
        "A lifecycle hook ended the deployment.",
        "The hook failed, timed out, or answered that the deployment must be rolled back.",
        "Read the log of the hook's function, or what the person decided who was asked.",
    ),
    Cause(
        "replaced",
        r"newer service deployment|replaced (?:by|this)|superseded",
        "A newer deployment replaced this one.",
        "The service was updated again before the deployment was complete.",
        "No action needed.",
    ),
    Cause(
        "stopped_on_request",
        r"StopServiceDeployment|stop(?:ped)? (?:was )?request|requested by|user.{0,20}stop",
        "A user stopped the deployment.",
        "StopServiceDeployment was called, here or in another tool.",
        "No action needed.",
    ),
)
BOUNDS_WHY = (
    "With {desired} desired tasks, minimum {minimum} % and maximum {maximum} %, ECS may run {upper} tasks and must "
    "keep {lower}: it can neither start a new task nor stop an old one."
)


def judge_blocking(message: str) -> Verdict | None:
    """Return the verdict of a service event that reports that tasks cannot start; None for any other message."""
    return first_match(PLACEMENT_CAUSES, [message], message) if BLOCKING.search(message) else None


def judge_deployment(reason: str) -> Verdict | None:
    """Return the verdict of the reason of a deployment that failed; None if the reason is not known."""
    return first_match(DEPLOYMENT_CAUSES, [reason], reason)


def bounds(service: Mapping[str, Any]) -> tuple[int, int]:
    """Return (fewest, most) running tasks that a service as ECS describes it allows during a deployment."""
    configuration, desired = service.get("deploymentConfiguration", {}), service.get("desiredCount", 0)
    lower = math.ceil(desired * configuration.get("minimumHealthyPercent", 100) / 100)
    return lower, math.floor(desired * configuration.get("maximumPercent", 200) / 100)


def cannot_move(service: Mapping[str, Any]) -> bool:
    """Return whether a rolling deployment may neither start a new task nor stop an old one."""
    deployments = service.get("deployments", [])
    new: Mapping[str, Any] = next((each for each in deployments if each.get("status") == "PRIMARY"), {})
    strategy = service.get("deploymentConfiguration", {}).get("strategy", "ROLLING")
    rolling = strategy == "ROLLING" and service.get("schedulingStrategy", "REPLICA") == "REPLICA"
    if not rolling or new.get("rolloutState") != "IN_PROGRESS" or len(deployments) < 2:
        return False
    started = new.get("runningCount", 0) + new.get("pendingCount", 0)
    old = sum(each.get("runningCount", 0) for each in deployments if each is not new)
    starting = sum(each.get("pendingCount", 0) for each in deployments if each is not new)
    lower, upper = bounds(service)
    return not started and not starting and upper <= old <= lower


def judge_bounds(service: Mapping[str, Any], raw: str) -> Verdict:
    """Return the verdict of a deployment that cannot move because of its minimum and maximum."""
    configuration = service.get("deploymentConfiguration", {})
    lower, upper = bounds(service)
    why = BOUNDS_WHY.format(
        desired=service.get("desiredCount", 0),
        minimum=configuration.get("minimumHealthyPercent", 100),
        maximum=configuration.get("maximumPercent", 200),
        lower=lower,
        upper=upper,
    )
    return Verdict(
        "The deployment can neither stop an old task nor start a new one.",
        why,
        "Lower the minimum running tasks % or raise the maximum under Edit service.",
        raw,
        cause="deployment_bounds",
    )


def judge_no_progress(running: int, desired: int, waited: timedelta, raw: str) -> Verdict:
    """Return the verdict of a service that lacks tasks and comes no further, without a failed task or a message."""
    minutes = max(1, round(waited.total_seconds() / 60))
    return Verdict(
        f"No progress for {minutes} min: {running} of {desired} tasks running.",
        "The tasks do not start or do not become healthy. ECS gives no reason.",
        "Open the pending tasks and their logs. Check the health check, its grace period and the image pull. Deploy a "
        "corrected revision, or roll back.",
        raw,
        cause="no_progress",
    )

"""Why a target of a target group gets no requests: the reason codes of Elastic Load Balancing (API reference,
"TargetHealth"), and the cause that ECS's own messages name."""

import re
from dataclasses import dataclass
from typing import Final

from services.verdicts.verdict import Verdict

MISMATCH, TIMEOUT, FAILED = "Target.ResponseCodeMismatch", "Target.Timeout", "Target.FailedHealthChecks"


@dataclass(frozen=True)
class TargetCause:
    """What a reason code means, and what to do; `how` is empty where nothing needs to be done."""

    why: str
    how: str = ""


TARGET_CAUSES: Final = {
    "Elb.RegistrationInProgress": TargetCause("The load balancer is registering it."),
    "Elb.InitialHealthChecking": TargetCause("The first health checks are in progress."),
    MISMATCH: TargetCause(
        "It answered the health check with a status code that does not count as healthy.",
        "Check what the program answers at the health check's path, or change the path or the healthy codes.",
    ),
    TIMEOUT: TargetCause(
        "It did not answer the health check in time.",
        "Check that its security group lets the load balancer reach the port, that the program listens on it, and "
        "whether the timeout is long enough.",
    ),
    FAILED: TargetCause(
        "The load balancer could not connect to it, or its answer was not valid HTTP.",
        "Check that the program listens on the port of the target, on all addresses and not on localhost only, and "
        "speaks the protocol of the target group.",
    ),
    "Target.NotRegistered": TargetCause("It is not registered in the target group."),
    "Target.NotInUse": TargetCause(
        "No load balancer sends requests to it: no listener forwards to the target group, or its Availability Zone is "
        "not enabled for the load balancer.",
        "Add a rule that forwards to the target group, or enable the zone.",
    ),
    "Target.DeregistrationInProgress": TargetCause("It is leaving: open connections may end, new ones go elsewhere."),
    "Target.InvalidState": TargetCause("Its EC2 instance is stopped or terminated."),
    "Target.IpUnusable": TargetCause(
        "Its address cannot be a target: a load balancer uses it.", "Register another address."
    ),
    "Target.HealthCheckDisabled": TargetCause("Health checks are turned off for this target group."),
    "Elb.InternalError": TargetCause("Its health is not known because of an error of the load balancer."),
}  # fmt: skip
#: What ECS's messages say of an unhealthy target ("due to (reason ...)"), and the code that it stands for.
_UNHEALTHY: Final = re.compile(
    r"is unhealthy in \(target-group (\S{1,300}?)\) due to \(reason ([^()]{1,300}?)\)(?:\.|$)", re.IGNORECASE
)
_CODES: Final = (("these codes", MISMATCH), ("timed out", TIMEOUT), ("health checks failed", FAILED))
WHATS: Final = {
    MISMATCH: "The task was replaced because it answered the load balancer's health check with a wrong status code.",
    TIMEOUT: "The task was replaced because it did not answer the load balancer's health check in time.",
    FAILED: "The task was replaced because the load balancer could not connect to it for the health check.",
}


@dataclass(frozen=True)
class UnhealthyTarget:
    """What is known of an unhealthy target: its target group, the reason code, and AWS's own words."""

    target_group: str
    code: str
    reason: str


def unhealthy_in(message: str) -> UnhealthyTarget | None:
    """Return the unhealthy target that a service event reports; None for any other message."""
    match = _UNHEALTHY.search(message[:2000])
    if match is None:
        return None
    code = next((code for text, code in _CODES if text in match[2].lower()), "")
    return UnhealthyTarget(match[1], code, match[2])


def because_of(verdict: Verdict, target: UnhealthyTarget) -> Verdict:
    """Return the verdict of a task whose load balancer health checks failed, with what the target says."""
    fact = f"Target health: {target.code or 'unhealthy'} ({target.reason})."
    cause = TARGET_CAUSES.get(target.code)
    if cause is None or target.code not in WHATS:
        return Verdict(verdict.what, verdict.why, verdict.how, verdict.raw, cause=verdict.cause,
                       evidence=(fact, *verdict.evidence))  # fmt: skip
    return Verdict(
        WHATS[target.code],
        cause.why,
        f"{cause.how} Read the container's log, and check whether the grace period covers the start.",
        verdict.raw,
        cause=f"target_{target.code.partition('.')[2]}",
        evidence=(fact, *verdict.evidence),
    )

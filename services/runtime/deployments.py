"""Conditions, look-ups and readers of service deployments."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.operations.hooks import Progress, condition, lookup, reader
from services.statuses import DeploymentStatus

ROLLED_BACK = (DeploymentStatus.ROLLBACK_SUCCESSFUL, DeploymentStatus.STOPPED)
NOT_ROLLED_BACK = (DeploymentStatus.ROLLBACK_FAILED, DeploymentStatus.SUCCESSFUL)


@condition
def deployment_rolled_back(aws: Aws, deployment: str) -> Progress:
    """Wait until the deployment is stopped and rolled back."""
    found = _describe(aws, deployment)
    status, reason = found.get("status", ""), found.get("statusReason", "")
    if status in NOT_ROLLED_BACK:
        return Progress(failed=f"The deployment is {_words(status)}. {reason}".strip())
    source: dict[str, Any] = next(iter(found.get("sourceServiceRevisions", [])), {})
    done, total = source.get("runningTaskCount", 0), max(1, source.get("requestedTaskCount", 0))
    return Progress(min(done, total), total, f"The deployment is {_words(status)}", finished=status in ROLLED_BACK)


@lookup
def stopped_deployment(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return the result of the call if the deployment is already stopping or stopped."""
    arn = params["serviceDeploymentArn"]
    running = _describe(aws, arn).get("status") in DeploymentStatus.stoppable()
    return None if running else {"serviceDeploymentArn": arn}


@reader
def deployment_hook(aws: Aws, deployment: str, hook: str) -> dict[str, Any] | None:
    """Return the status of a lifecycle hook; None if the deployment has no such hook."""
    found = _hook(_describe(aws, deployment), hook)
    return {"status": found["status"]} if found else None


@condition
def deployment_continued(aws: Aws, deployment: str, hook: str) -> Progress:
    """Wait until the deployment has succeeded, bakes, waits between two shifts, or is held by another hook."""
    found = _describe(aws, deployment)
    status, stage = found.get("status", ""), found.get("lifecycleStage", "")
    if status == DeploymentStatus.SUCCESSFUL:
        return Progress(1, 1, "The deployment is successful", finished=True)
    if status not in (DeploymentStatus.PENDING, DeploymentStatus.IN_PROGRESS):
        return Progress(failed=f"The deployment is {_words(status)}. {found.get('statusReason', '')}".strip())
    held = [each for each in found.get("lifecycleHookDetails", []) if each.get("status") == "AWAITING_ACTION"]
    bakes = stage == "BAKE_TIME" and bool(found.get("deploymentConfiguration", {}).get("bakeTimeInMinutes"))
    share = found.get("targetServiceRevision", {}).get("requestedProductionTrafficWeight", 0)
    waits = bakes or (stage == "PRODUCTION_TRAFFIC_SHIFT" and 0 < share < 100)
    paused = bool(held) and all(each.get("hookId") != hook for each in held)
    message = f"The deployment is {'paused ' if paused else ''}at the stage {_words(stage)}"
    return Progress(int(waits or paused), 1, message, finished=waits or paused)


@lookup
def continued_deployment(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return the result of the call if the hook has been given this answer already."""
    arn = params["serviceDeploymentArn"]
    answered = "SUCCEEDED" if params["action"] == "CONTINUE" else "FAILED"
    done = _hook(_describe(aws, arn), params["hookId"]).get("status") == answered
    return {"serviceDeploymentArn": arn} if done else None


def _hook(deployment: dict[str, Any], hook: str) -> dict[str, Any]:
    details = deployment.get("lifecycleHookDetails", [])
    found: dict[str, Any] = next((each for each in details if each.get("hookId") == hook), {})
    return found


def _describe(aws: Aws, arn: str) -> dict[str, Any]:
    found = aws.call("ecs.describe_service_deployments", serviceDeploymentArns=[arn]).data.get("serviceDeployments", [])
    return found[0] if found else {}


def _words(status: str) -> str:
    return status.replace("_", " ").lower()

"""Conditions and look-ups of service deployments."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.operations.hooks import Progress, condition, lookup
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


def _describe(aws: Aws, arn: str) -> dict[str, Any]:
    found = aws.call("ecs.describe_service_deployments", serviceDeploymentArns=[arn]).data.get("serviceDeployments", [])
    return found[0] if found else {}


def _words(status: str) -> str:
    return status.replace("_", " ").lower()

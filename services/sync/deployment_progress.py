"""When a deployment reached its stages and shifted traffic: ECS describes only where it is now."""

from collections.abc import Mapping
from typing import Any

from ecsdash.inventory.store import plain
from ecsdash.web import clock


def noted(before: Mapping[str, Any], deployment: Mapping[str, Any]) -> dict[str, Any]:
    """Return ServiceDeployment.progress with what the description has more than was known before."""
    at = plain(deployment.get("updatedAt") or clock.now())
    stages, shifts = dict(before.get("stages", {})), list(before.get("shifts", []))
    if stage := deployment.get("lifecycleStage"):
        stages.setdefault(stage, at)
    share = deployment.get("targetServiceRevision", {}).get("requestedProductionTrafficWeight")
    if share is not None and (shifts[-1]["share"] if shifts else 0) != share:
        shifts.append({"share": share, "at": at})
    return {"stages": stages, "shifts": shifts}

"""What a deployment of a service would start from."""

from collections.abc import Mapping
from typing import Any

from services.documents.deployment.stages import test_listeners
from services.documents.deployment.timeline import Rollout
from services.models import Service


def rollout_of(service: Service | None, document: Mapping[str, Any]) -> Rollout:
    """Return what a deployment of the document to the service starts from; without a service, of the next one after
    its creation."""
    wanted = document.get("desiredCount", service.desired_count if service else 1)
    running, usual = (service.running_count, service.usual_start) if service else (wanted, None)
    if document.get("schedulingStrategy") == "DAEMON":
        wanted = running
    tests = bool(test_listeners(document))
    return Rollout(document.get("deploymentConfiguration", {}), running, wanted, usual, tests)

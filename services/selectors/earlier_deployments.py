"""How long earlier deployments of a service took."""

from dataclasses import dataclass
from statistics import median
from typing import Final

from services.models import Service, ServiceDeployment
from services.statuses import DeploymentStatus

#: Earlier deployments whose durations are looked at.
EARLIER: Final = 10


@dataclass(frozen=True)
class UsualDuration:
    """The median duration of the last `count` successful deployments."""

    seconds: float
    count: int


def usual_duration(service: Service) -> UsualDuration | None:
    """Return how long the last successful deployments of the service took, None if there are none."""
    rows = ServiceDeployment.objects.filter(
        account=service.account_id, region=service.region, cluster_name=service.cluster_name,
        service_name=service.name, status=DeploymentStatus.SUCCESSFUL,
    ).order_by("-created_at").only("created_at", "finished_at")[:EARLIER]  # fmt: skip
    known = [row.seconds for row in rows if row.seconds is not None]
    return UsualDuration(median(known), len(known)) if known else None

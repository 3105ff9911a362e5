"""Restore points: the document of a service each time one of its deployments becomes steady."""

from collections.abc import Iterable, Mapping
from typing import Any

from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import plain, tag_dict
from ecsdash.web import clock
from services.documents.service import document_of
from services.models import RestorePoint, ScalableTarget, Service

BOUNDS = ("MinCapacity", "MaxCapacity")


def keep(scope: Scope, found: Iterable[Mapping[str, Any]], kept: Mapping[str, str]) -> None:
    """Keep a restore point of each service, as ECS described it, whose deployment is steady and has none yet. `kept`:
    the deployment of the newest restore point, by the ARN of the service."""
    steady = {
        each["serviceArn"]: (each, deployment)
        for each in found
        if (deployment := _steady_deployment(each)) and deployment != kept.get(each["serviceArn"])
    }
    if not steady:
        return
    new = list(Service.objects.filter(arn__in=steady).only("pk", "arn", "restorable"))
    scaling = _bounds(scope, [steady[row.arn][0] for row in new])
    points = [_point(row, *steady[row.arn], scaling.get(row.arn, {})) for row in new]
    RestorePoint.objects.bulk_create(points, ignore_conflicts=True)
    for row in new:
        row.restorable = steady[row.arn][1]
    Service.objects.bulk_update(new, ["restorable"])


def _steady_deployment(service: Mapping[str, Any]) -> str:
    """Return the ID of the service's only deployment if all its tasks run; empty otherwise."""
    deployments = service.get("deployments", [])
    if len(deployments) != 1 or deployments[0].get("rolloutState", "COMPLETED") != "COMPLETED":
        return ""
    if not service.get("runningCount") or service["runningCount"] != service.get("desiredCount"):
        return ""
    return str(deployments[0]["id"])


def _point(row: Service, service: Mapping[str, Any], deployment: str, scaling: dict[str, Any]) -> RestorePoint:
    document = document_of(plain(service), tag_dict(service.get("tags")))
    return RestorePoint(service=row, deployment=deployment, steady_at=clock.now(), document=document, scaling=scaling)


def _bounds(scope: Scope, services: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the bounds of Application Auto Scaling by the ARN of the service."""
    names = {f"service/{_cluster(each)}/{each['serviceName']}": each["serviceArn"] for each in services}
    rows = ScalableTarget.objects.in_scope(scope.account, scope.region).present().filter(name__in=names)
    return {names[row.name]: {name: row.description.get(name) for name in BOUNDS} for row in rows}


def _cluster(service: Mapping[str, Any]) -> str:
    return str(service["clusterArn"]).rpartition("/")[2]

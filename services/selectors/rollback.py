"""Revisions to which a service can be updated or rolled back."""

from dataclasses import dataclass, replace
from datetime import datetime

from ecsdash.inventory.models import ResourceQuerySet
from services.models import Service, ServiceDeployment, TaskDefinition
from services.statuses import DeploymentStatus

OFFERED = 25


@dataclass(frozen=True)
class SteadyRevision:
    """A revision with a successful deployment of the service, and the time of that deployment. One that was
    deregistered since is not `active`: a copy of it can be registered."""

    revision: str
    arn: str
    deployed_at: datetime | None
    active: bool = True

    @property
    def words(self) -> str:
        when = f", deployed {self.deployed_at:%Y-%m-%d %H:%M} UTC" if self.deployed_at else ""
        return f"{self.revision}{when}{'' if self.active else ' (deregistered: it is registered again)'}"


def steady_revisions(service: Service) -> list[SteadyRevision]:
    """Return the revisions with a successful deployment, newest first, without the current one."""
    rows = ServiceDeployment.objects.filter(
        account=service.account_id,
        region=service.region,
        cluster_name=service.cluster_name,
        service_name=service.name,
        status=DeploymentStatus.SUCCESSFUL,
    ).exclude(task_definition__in=["", service.task_definition])
    found: dict[str, SteadyRevision] = {}
    for row in rows.order_by("-created_at")[:200]:
        found.setdefault(row.task_definition, SteadyRevision(row.revision, row.task_definition, row.created_at))
    known = TaskDefinition.objects.in_scope(service.account, service.region).filter(arn__in=found)
    active = {arn: status == "ACTIVE" for arn, status in known.values_list("arn", "status")}
    return [replace(each, active=active[each.arn]) for each in found.values() if each.arn in active][:OFFERED]


def other_revisions(service: Service) -> list[str]:
    """Return active revisions of the service's family, newest first, then earlier ones, without the current one."""
    family = service.revision.partition(":")[0]
    same = _active(service).filter(family=family).exclude(arn=service.task_definition).order_by("-revision")
    ran = [each.revision for each in steady_revisions(service)]
    return list(dict.fromkeys([*same.values_list("name", flat=True)[:OFFERED], *ran]))


def _active(service: Service) -> ResourceQuerySet:
    rows = TaskDefinition.objects.in_scope(service.account, service.region).present()
    return rows.filter(status="ACTIVE")

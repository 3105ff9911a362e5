"""Sweep of service deployments, limited to services whose deployments have changed since the last sweep."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django.db.models import Q

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import UNKNOWN_OPERATION, AwsError, NotFound
from ecsdash.aws.limits import DESCRIBE_SERVICE_DEPLOYMENTS, DESCRIBE_SERVICE_REVISIONS, PAGE
from ecsdash.inventory import store
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps.registry import sweeper
from services.models import Service, ServiceDeployment
from services.statuses import DeploymentStatus
from services.sync.deployment_progress import noted

SERVICES_PER_SWEEP = 50  # three calls each


@sweeper("service_deployments")
def sweep_service_deployments(scope: Scope) -> None:
    update_deployments(scope, _changed(scope)[:SERVICES_PER_SWEEP])


def update_deployments(scope: Scope, changed: Sequence[tuple[Service, str]]) -> None:
    """Update the deployments of these services. Endpoints without service deployments are skipped."""
    aws = scope.connection()
    for service, signature in changed:
        try:
            records = _records(aws, service)
        except NotFound:
            continue
        except AwsError as error:
            if error.code in UNKNOWN_OPERATION:
                return
            raise
        store.upsert(ServiceDeployment, scope, records, "service_deployments")
        Service.objects.filter(pk=service.pk).update(deployments_seen=signature)


def refresh(scope: Scope, arns: Sequence[str]) -> None:
    """Update the deployments of these services, if they have changed."""
    update_deployments(scope, _changed(scope, Q(arn__in=arns)))


def refresh_changed(scope: Scope, arns: Sequence[str]) -> None:
    """Update the deployments of those of these services in which one began, failed a task or ended."""
    found = _changed(scope, Q(arn__in=arns))
    update_deployments(scope, [(each, signature) for each, signature in found if signature != each.deployments_seen])


def _changed(scope: Scope, within: Q | None = None) -> list[tuple[Service, str]]:
    """Return the services with changed deployments and their signatures; deploying services first."""
    rows = Service.objects.in_scope(scope.account, scope.region).present().filter(within or Q()).order_by("pk")
    unfinished = set(
        ServiceDeployment.objects.in_scope(scope.account, scope.region)
        .filter(status__in=DeploymentStatus.in_flight())
        .values_list("cluster_name", "service_name")
    )
    signed = [(service, deployments_signature(service.description)) for service in cast(Iterable[Service], rows)]
    changed = [
        (service, signature)
        for service, signature in signed
        if signature != service.deployments_seen or (service.cluster_name, service.name) in unfinished
    ]
    return sorted(changed, key=lambda item: not item[0].deploying)


def deployments_signature(description: dict[str, Any]) -> str:
    """Return a text that changes when a deployment starts, has another failed task, or ends."""
    deployments = description.get("deployments", [])
    return " ".join(
        f"{each['id']}:{each['status']}:{each.get('rolloutState', '')}:{each.get('failedTasks', 0)}"
        for each in deployments
    )


def _records(aws: Aws, service: Service) -> list[Record]:
    """Return records of the newest 100 deployments of a service, without those that already ended in the inventory."""
    listed = aws.call(
        "ecs.list_service_deployments",
        cluster=service.cluster_name,
        service=service.name,
        maxResults=PAGE,
    ).data.get("serviceDeployments", [])
    arns = _worth_describing([each["serviceDeploymentArn"] for each in listed])
    deployments = aws.describe(
        "ecs.describe_service_deployments",
        "serviceDeployments",
        of=arns,
        by="serviceDeploymentArns",
        size=DESCRIBE_SERVICE_DEPLOYMENTS,
    )
    wanted = {each["serviceDeploymentArn"]: each.get("targetServiceRevisionArn", "") for each in listed}
    rows = ServiceDeployment.objects.filter(arn__in=[each["serviceDeploymentArn"] for each in deployments])
    known = {row.arn: row for row in cast(Iterable[ServiceDeployment], rows)}
    revisions = _task_definitions(aws, deployments, wanted, known.values())
    return [
        _record(service, each, wanted[each["serviceDeploymentArn"]], revisions, known.get(each["serviceDeploymentArn"]))
        for each in deployments
    ]


def _worth_describing(arns: Sequence[str]) -> list[str]:
    known = ServiceDeployment.objects.filter(arn__in=arns).exclude(status__in=DeploymentStatus.in_flight())
    finished = set(known.values_list("arn", flat=True))
    return [arn for arn in arns if arn not in finished]


def _task_definitions(
    aws: Aws, deployments: Sequence[dict[str, Any]], wanted: Mapping[str, str], rows: Iterable[ServiceDeployment]
) -> dict[str, str]:
    """Return service revision -> task definition; describe only revisions that no row contains."""
    arns = {arn for each in deployments for arn in (wanted[each["serviceDeploymentArn"]], *_sources(each)) if arn}
    known: dict[str, str] = {}
    for row in rows:
        known |= row.description.get("taskDefinitions", {})
    found = aws.describe(
        "ecs.describe_service_revisions",
        "serviceRevisions",
        of=sorted(arns - known.keys()),
        by="serviceRevisionArns",
        size=DESCRIBE_SERVICE_REVISIONS,
    )
    return known | {each["serviceRevisionArn"]: each.get("taskDefinition", "") for each in found}


def _sources(deployment: dict[str, Any]) -> list[str]:
    return [source["arn"] for source in deployment.get("sourceServiceRevisions", [])]


def _record(
    service: Service,
    deployment: dict[str, Any],
    target: str,
    revisions: Mapping[str, str],
    known: ServiceDeployment | None,
) -> Record:
    arn = deployment["serviceDeploymentArn"]
    own = {each: revisions.get(each, "") for each in (target, *_sources(deployment))}
    columns = {
        "cluster_name": service.cluster_name,
        "service_name": service.name,
        "status": deployment["status"],
        "status_reason": deployment.get("statusReason", ""),
        "task_definition": revisions.get(target, ""),
        "created_at": deployment.get("createdAt"),
        "finished_at": deployment.get("finishedAt"),
        "progress": noted(known.progress if known else {}, deployment),
    }
    return Record(arn, arn.rsplit("/", 1)[-1], {**deployment, "taskDefinitions": own}, {}, columns)

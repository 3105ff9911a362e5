"""The task sets of a service that CodeDeploy deploys: the API shows them in place of deployments."""

from ecsdash.sandbox.ecs.call import compact
from ecsdash.sandbox.ecs.engine import stages
from ecsdash.sandbox.ecs.fargate import platform_version
from ecsdash.sandbox.ecs.models import Cluster, Deployment, Json, Service, Task


def to_api(cluster: Cluster, service: Service, tasks: list[Task]) -> Json:
    """What is different about such a service: its task definition and target group are those of the PRIMARY set."""
    primary = _primary(service)
    revision = service.revisions[primary.revision]
    deployments = service.deployments if service.status != "INACTIVE" else []
    return {
        "taskDefinition": revision.task_definition,
        "loadBalancers": _balancers(revision.resolved),
        "deployments": [],
        "currentServiceRevisions": [],
        "currentServiceDeployment": None,
        "taskSets": [
            _task_set(cluster, service, each, tasks, "PRIMARY" if each is primary else _status(each, primary))
            for each in deployments
        ],
    }


def _primary(service: Service) -> Deployment:
    """The set that has the production traffic."""
    record, blue = stages.current(service), stages.source(service)
    if blue and stages.staged(record) and record.status == "IN_PROGRESS" and record.production_weight < 100:
        return blue
    return service.primary


def _status(deployment: Deployment, primary: Deployment) -> str:
    return "ACTIVE" if deployment.created_at >= primary.created_at else "DRAINING"


def _task_set(cluster: Cluster, service: Service, deployment: Deployment, tasks: list[Task], status: str) -> Json:
    revision = service.revisions[deployment.revision]
    mine = [task for task in tasks if task.deployment == deployment.id]
    running, pending = sum(task.counts_as_running for task in mine), sum(task.pending for task in mine)
    wanted = service.desired_count if status != "DRAINING" else 0
    family = revision.platform_family
    return compact(
        {
            "id": deployment.id,
            "taskSetArn": service.arn.replace(":service/", ":task-set/") + f"/{deployment.id}",
            "serviceArn": service.arn,
            "clusterArn": cluster.arn,
            "startedBy": "CODE_DEPLOY",
            "externalId": deployment.external_id,
            "status": status,
            "taskDefinition": revision.task_definition,
            "computedDesiredCount": wanted,
            "pendingCount": pending,
            "runningCount": running,
            "createdAt": deployment.created_at,
            "updatedAt": deployment.updated_at,
            "launchType": revision.launch_type,
            "capacityProviderStrategy": revision.capacity_provider_strategy or None,
            "platformVersion": platform_version(revision.platform_version, family) if family else None,
            "platformFamily": family or None,
            "networkConfiguration": revision.network_configuration or None,
            "loadBalancers": _balancers(revision.resolved),
            "serviceRegistries": revision.service_registries,
            "scale": {"value": 100.0, "unit": "PERCENT"},
            "stabilityStatus": "STEADY_STATE" if running == wanted and not pending else "STABILIZING",
            "stabilityStatusAt": deployment.updated_at,
        }
    )


def _balancers(resolved: list[Json]) -> list[Json]:
    return [{name: value for name, value in each.items() if name != "advancedConfiguration"} for each in resolved]

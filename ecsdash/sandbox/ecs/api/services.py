from ecsdash.sandbox.ecs.api.strategy import runs_on_fargate
from ecsdash.sandbox.ecs.call import Call, Handler, compact, missing, tag_list
from ecsdash.sandbox.ecs.descriptions import task_sets
from ecsdash.sandbox.ecs.engine import stages, task_specs
from ecsdash.sandbox.ecs.errors import EcsError, invalid, service_not_found
from ecsdash.sandbox.ecs.fargate import platform_version
from ecsdash.sandbox.ecs.models import Cluster, Deployment, Json, Revision, Service, Task
from ecsdash.sandbox.ecs.paging import page_strings
from ecsdash.sandbox.ecs.state import in_cluster, own


def describe_services(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    references = params["services"]
    if not references:
        raise invalid("Services cannot be empty.")
    if len(references) > 10:
        raise invalid("Services cannot be more than 10 elements.")
    found, failures = [], []
    for reference in references:
        service = lookup(call, cluster, reference)
        if service:
            found.append(to_api(call, cluster, service, tags="TAGS" in params.get("include", [])))
        else:
            name = own(call.scope, reference, "service").rsplit("/", 1)[-1]
            failures.append(missing(call.arn(f"service/{name}")))
    return {"services": found, "failures": failures}


def list_services(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    arns = [
        service.arn
        for service in cluster.services.values()
        if service.status == "ACTIVE"
        and params.get("launchType") in (None, service.revision.launch_type)
        and params.get("schedulingStrategy") in (None, service.scheduling_strategy)
        and params.get("resourceManagementType") in (None, _managed_by(service))
    ]
    shown, token = page_strings(arns, params, default=10)
    return {"serviceArns": shown, **token}


def list_services_by_namespace(call: Call, params: Json) -> Json:
    wanted = call.state.aws.namespace(call.scope, params["namespace"])
    if not wanted:
        raise EcsError("NamespaceNotFoundException", f"The namespace {params['namespace']} was not found.")
    arns = []
    for cluster in call.region.clusters.values():
        for service in cluster.services.values():
            namespace = task_specs.namespace_of(cluster, service.revision)
            if service.status == "ACTIVE" and call.state.aws.namespace(call.scope, namespace) == wanted:
                arns.append(service.arn)
    shown, token = page_strings(arns, params, default=10)
    return {"serviceArns": shown, **token}


def lookup(call: Call, cluster: Cluster, reference: str) -> Service | None:
    """Find by name or ARN."""
    return cluster.services.get(in_cluster(call.scope, cluster, reference, "service"))


def find(call: Call, cluster: Cluster, reference: str) -> Service:
    service = lookup(call, cluster, reference)
    if service is None:
        raise service_not_found()
    return service


def to_api(call: Call, cluster: Cluster, service: Service, tags: bool) -> Json:
    revision = service.revision
    tasks = list(call.state.tasks_of(cluster, service))
    return compact(
        {
            "serviceArn": service.arn,
            "serviceName": service.name,
            "clusterArn": cluster.arn,
            "status": service.status,
            "desiredCount": service.desired_count,
            "runningCount": sum(task.counts_as_running for task in tasks),
            "pendingCount": sum(task.pending for task in tasks),
            **_configuration(revision),
            "taskDefinition": revision.task_definition,
            "deploymentConfiguration": service.deployment_configuration,
            "deployments": [_deployment(service, item, tasks) for item in _shown(service)],
            "roleArn": service.role_arn,
            "events": service.events,
            "createdAt": service.created_at,
            "createdBy": service.created_by,
            "currentServiceDeployment": _current_deployment(service),
            "currentServiceRevisions": [_revision_summary(service, item, tasks) for item in _shown(service)],
            "placementConstraints": service.placement_constraints,
            "placementStrategy": service.placement_strategy,
            "healthCheckGracePeriodSeconds": service.grace_period,
            "schedulingStrategy": service.scheduling_strategy,
            "resourceManagementType": _managed_by(service),
            "deploymentController": {"type": service.controller},
            "enableECSManagedTags": service.enable_managed_tags,
            "propagateTags": service.propagate_tags,
            "enableExecuteCommand": service.enable_execute_command,
            "availabilityZoneRebalancing": service.zone_rebalancing,
            **({"tags": tag_list(service.tags)} if tags else {}),
            **(task_sets.to_api(cluster, service, tasks) if service.controller == "CODE_DEPLOY" else {}),
        }
    )


def _managed_by(service: Service) -> str:
    """Return who manages the resources of the service: ECS, if it is an Express service."""
    return "ECS" if service.express else "CUSTOMER"


def _configuration(revision: Revision) -> Json:
    fargate = runs_on_fargate(revision.launch_type, revision.capacity_provider_strategy)
    platform = revision.platform_version or "LATEST"
    return {
        "launchType": revision.launch_type,
        "capacityProviderStrategy": revision.capacity_provider_strategy or None,
        "platformVersion": platform if fargate else None,
        "platformFamily": revision.platform_family or None,
        "loadBalancers": revision.load_balancers,
        "serviceRegistries": revision.service_registries,
        "networkConfiguration": revision.network_configuration or None,
    }


def _shown(service: Service) -> list[Deployment]:
    return service.deployments if service.status != "INACTIVE" else []


def _deployment(service: Service, deployment: Deployment, tasks: list[Task]) -> Json:
    revision = service.revisions[deployment.revision]
    mine = [task for task in tasks if task.deployment == deployment.id]
    family = revision.platform_family
    connect = revision.service_connect
    return compact(
        {
            "id": deployment.id,
            "status": deployment.status,
            "taskDefinition": revision.task_definition,
            "desiredCount": service.desired_count if deployment.status == "PRIMARY" else sum(t.live for t in mine),
            "pendingCount": sum(task.pending for task in mine),
            "runningCount": sum(task.counts_as_running for task in mine),
            "failedTasks": deployment.failed_tasks,
            "createdAt": deployment.created_at,
            "updatedAt": deployment.updated_at,
            "capacityProviderStrategy": revision.capacity_provider_strategy or None,
            "launchType": revision.launch_type,
            "platformVersion": platform_version(revision.platform_version, family) if family else None,
            "platformFamily": family or None,
            "networkConfiguration": revision.network_configuration or None,
            "rolloutState": deployment.rollout_state,
            "rolloutStateReason": deployment.rollout_reason,
            "serviceConnectConfiguration": connect or None,
            "volumeConfigurations": revision.volume_configurations or None,
            "vpcLatticeConfigurations": revision.vpc_lattice or None,
        }
    )


def _current_deployment(service: Service) -> str | None:
    record = stages.current(service)
    return record.arn if record.status in ("IN_PROGRESS", "ROLLBACK_IN_PROGRESS") else None


def _revision_summary(service: Service, deployment: Deployment, tasks: list[Task]) -> Json:
    mine = [task for task in tasks if task.deployment == deployment.id]
    return {
        "arn": deployment.revision,
        "requestedTaskCount": service.desired_count if deployment.status == "PRIMARY" else 0,
        "runningTaskCount": sum(task.counts_as_running for task in mine),
        "pendingTaskCount": sum(task.pending for task in mine),
    }


OPERATIONS: dict[str, Handler] = {
    "DescribeServices": describe_services,
    "ListServices": list_services,
    "ListServicesByNamespace": list_services_by_namespace,
}

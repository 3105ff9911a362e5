from ecsdash.sandbox.ecs.api.services import find
from ecsdash.sandbox.ecs.call import Call, Handler, compact, missing
from ecsdash.sandbox.ecs.engine import hooks, rollout, stages
from ecsdash.sandbox.ecs.engine.scheduling import schedule_check
from ecsdash.sandbox.ecs.errors import EcsError, client_error, conflict, invalid
from ecsdash.sandbox.ecs.fargate import platform_version
from ecsdash.sandbox.ecs.models import Cluster, Json, Revision, Service, ServiceDeployment
from ecsdash.sandbox.ecs.paging import page

_RUNNING = ("PENDING", "IN_PROGRESS")
_BY_USER = "Service deployment rolled back by user request."


def list_service_deployments(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    service = find(call, cluster, params["service"])
    window = params.get("createdAt", {})
    found = [
        (f"{index:06d}", _brief(cluster, service, record))
        for index, record in enumerate(service.service_deployments)
        if (not params.get("status") or record.status in params["status"])
        and window.get("after", 0) <= record.created_at <= window.get("before", float("inf"))
    ]
    shown, token = page(found, params, default=20)
    return {"serviceDeployments": shown, **token}


def describe_service_deployments(call: Call, params: Json) -> Json:
    arns = params["serviceDeploymentArns"]
    if not 1 <= len(arns) <= 20:
        raise invalid("Service deployment ARNs must contain between 1 and 20 elements.")
    found, failures = [], []
    for deployment_arn in arns:
        place = _locate(call, deployment_arn)
        if place:
            found.append(_wire(call, *place))
        else:
            failures.append(missing(deployment_arn))
    return {"serviceDeployments": found, "failures": failures}


def stop_service_deployment(call: Call, params: Json) -> Json:
    place = _locate(call, params["serviceDeploymentArn"])
    if place is None:
        raise EcsError("ServiceDeploymentNotFoundException", "Service deployment not found.")
    _, service, record = place
    if record.status not in _RUNNING:
        raise conflict(f"Service deployment is in {record.status} status and cannot be stopped.")
    stop_type = params.get("stopType", "ROLLBACK")
    if stop_type == "ROLLBACK" and service.last_good:
        rollout.roll_back(call.state, service, record, _BY_USER, _BY_USER)
    elif stop_type == "ROLLBACK":
        raise conflict("The service has no completed service revision to roll back to.")
    else:
        rollout.halt(call.state, service, record, "Service deployment stopped by user request.")
    return {"serviceDeploymentArn": record.arn}


def continue_service_deployment(call: Call, params: Json) -> Json:
    place = _locate(call, params["serviceDeploymentArn"])
    if place is None:
        raise EcsError("ServiceDeploymentNotFoundException", "Service deployment not found.")
    _, service, record = place
    if record.status not in _RUNNING:
        raise client_error(f"Service deployment is in {record.status} status and cannot be continued.")
    if params.get("action", "CONTINUE") == "CONTINUE":
        hooks.answer(record, params["hookId"], "SUCCEEDED")
        schedule_check(call.state, service, 0.5)
    elif not service.last_good:
        raise client_error("The service has no completed service revision to roll back to.")
    else:
        hooks.answer(record, params["hookId"], "FAILED")
        rollout.roll_back(call.state, service, record, _BY_USER, _BY_USER)
    return {"serviceDeploymentArn": record.arn}


def describe_service_revisions(call: Call, params: Json) -> Json:
    arns = params["serviceRevisionArns"]
    if not 1 <= len(arns) <= 20:
        raise invalid("Service revision ARNs must contain between 1 and 20 elements.")
    found, failures = [], []
    for revision_arn in arns:
        place = _service_of(call, revision_arn)
        revision = place[1].revisions.get(revision_arn) if place else None
        if place and revision:
            found.append(_revision(call, place[0], place[1], revision))
        else:
            failures.append(missing(revision_arn))
    return {"serviceRevisions": found, "failures": failures}


def _service_of(call: Call, resource_arn: str) -> tuple[Cluster, Service] | None:
    parts = resource_arn.rsplit("/", 3)
    if len(parts) != 4 or not resource_arn.startswith(call.arn("service-")):
        raise invalid(f"Invalid ARN: {resource_arn}")
    cluster = call.region.clusters.get(parts[1])
    service = cluster.services.get(parts[2]) if cluster else None
    return (cluster, service) if cluster and service else None


def _locate(call: Call, deployment_arn: str) -> tuple[Cluster, Service, ServiceDeployment] | None:
    place = _service_of(call, deployment_arn)
    for record in place[1].service_deployments if place else []:
        if place and record.arn == deployment_arn:
            return *place, record
    return None


def _brief(cluster: Cluster, service: Service, record: ServiceDeployment) -> Json:
    return compact(
        {
            "serviceDeploymentArn": record.arn,
            "serviceArn": service.arn,
            "clusterArn": cluster.arn,
            "startedAt": record.started_at,
            "createdAt": record.created_at,
            "finishedAt": record.finished_at,
            "targetServiceRevisionArn": record.target,
            "status": record.status,
            "statusReason": record.reason,
        }
    )


def _wire(call: Call, cluster: Cluster, service: Service, record: ServiceDeployment) -> Json:
    answer = _brief(cluster, service, record)
    del answer["targetServiceRevisionArn"]
    wanted = 0 if record.rollback else record.desired_count
    kept = record.desired_count - wanted if stages.finished(record) else record.desired_count
    breaker = {"status": record.breaker, "failureCount": record.failures, "threshold": rollout.threshold(service)}
    return compact(
        answer
        | {
            "stoppedAt": record.stopped_at,
            "updatedAt": record.updated_at,
            "sourceServiceRevisions": [
                _summary(call, cluster, service, source, kept) | _weights(record, source) for source in record.sources
            ],
            "targetServiceRevision": _summary(call, cluster, service, record.target, wanted)
            | _weights(record, record.target),
            "lifecycleHookDetails": hooks.to_api(record) or None,
            "lifecycleStage": _stage(record),
            "deploymentConfiguration": record.configuration,
            "rollback": record.rollback or None,
            "deploymentCircuitBreaker": breaker,
            "alarms": record.alarms or None,
        }
    )


def _weights(record: ServiceDeployment, revision_arn: str) -> Json:
    """Percent of the traffic, for strategies that shift it."""
    if not stages.staged(record):
        return {}
    test, production, new = record.test_weight, record.production_weight, revision_arn == record.target
    return {
        "requestedTestTrafficWeight": test if new else 100.0 - test,
        "requestedProductionTrafficWeight": production if new else 100.0 - production,
    }


def _stage(record: ServiceDeployment) -> str:
    if stages.staged(record):
        return stages.shown(record)
    return "SCALE_UP" if record.status in ("IN_PROGRESS", "ROLLBACK_IN_PROGRESS") else "CLEAN_UP"


def _summary(call: Call, cluster: Cluster, service: Service, revision_arn: str, requested: int) -> Json:
    ids = {deployment.id for deployment in service.deployments if deployment.revision == revision_arn}
    mine = [task for task in call.state.tasks_of(cluster, service) if task.deployment in ids]
    return {
        "arn": revision_arn,
        "requestedTaskCount": requested,
        "runningTaskCount": sum(task.running for task in mine),
        "pendingTaskCount": sum(task.pending for task in mine),
    }


def _revision(call: Call, cluster: Cluster, service: Service, revision: Revision) -> Json:
    definition = call.region.task_definitions.get(revision.task_definition.rsplit("/", 1)[-1])
    containers = definition.body["containerDefinitions"] if definition else []
    family = revision.platform_family
    return compact(
        {
            "serviceRevisionArn": revision.arn,
            "serviceArn": service.arn,
            "clusterArn": cluster.arn,
            "taskDefinition": revision.task_definition,
            "capacityProviderStrategy": revision.capacity_provider_strategy or None,
            "launchType": revision.launch_type,
            "platformVersion": platform_version(revision.platform_version, family) if family else None,
            "platformFamily": family or None,
            "loadBalancers": revision.load_balancers,
            "serviceRegistries": revision.service_registries,
            "networkConfiguration": revision.network_configuration or None,
            "containerImages": [_image(revision, container) for container in containers],
            "guardDutyEnabled": False,
            "resolvedConfiguration": {"loadBalancers": [_resolved(item) for item in revision.resolved]},
            "serviceConnectConfiguration": revision.service_connect or None,
            "volumeConfigurations": revision.volume_configurations or None,
            "vpcLatticeConfigurations": revision.vpc_lattice or None,
            "gatewayConnectors": revision.gateway_connectors or None,
            "monitoring": revision.monitoring or None,
            "createdAt": revision.created_at,
        }
    )


def _image(revision: Revision, container: Json) -> Json:
    digest = revision.image_digests.get(container["name"])
    return compact({"containerName": container["name"], "imageDigest": digest, "image": container["image"]})


def _resolved(balancer: Json) -> Json:
    rule = balancer.get("advancedConfiguration", {}).get("productionListenerRule")
    return compact({"targetGroupArn": balancer["targetGroupArn"], "productionListenerRule": rule})


OPERATIONS: dict[str, Handler] = {
    "ListServiceDeployments": list_service_deployments,
    "DescribeServiceDeployments": describe_service_deployments,
    "StopServiceDeployment": stop_service_deployment,
    "ContinueServiceDeployment": continue_service_deployment,
    "DescribeServiceRevisions": describe_service_revisions,
}

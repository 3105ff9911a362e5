import re

from ecsdash.sandbox.ecs import quotas
from ecsdash.sandbox.ecs.api.deployment_rules import (
    check_controller,
    check_own_deployment,
    check_traffic,
    default_configuration,
    deployment_configuration,
)
from ecsdash.sandbox.ecs.api.place_rules import check_balancers, check_place, check_port
from ecsdash.sandbox.ecs.api.service_rules import check_connect, check_lattice, check_role
from ecsdash.sandbox.ecs.api.services import find, to_api
from ecsdash.sandbox.ecs.api.strategy import capacity_for, runs_on_fargate
from ecsdash.sandbox.ecs.api.task_definitions import usable
from ecsdash.sandbox.ecs.api.volume_rules import check_volumes
from ecsdash.sandbox.ecs.call import Call, Handler, tags_from
from ecsdash.sandbox.ecs.engine import notify, rollout
from ecsdash.sandbox.ecs.engine.scheduling import schedule_check
from ecsdash.sandbox.ecs.errors import EcsError, client_error, invalid
from ecsdash.sandbox.ecs.fargate import platform_family
from ecsdash.sandbox.ecs.models import Cluster, Json, Revision, Service, TaskDefinition

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_REVISED = {
    "capacityProviderStrategy": "capacity_provider_strategy",
    "platformVersion": "platform_version",
    "networkConfiguration": "network_configuration",
    "loadBalancers": "load_balancers",
    "serviceRegistries": "service_registries",
    "serviceConnectConfiguration": "service_connect",
    "volumeConfigurations": "volume_configurations",
    "vpcLatticeConfigurations": "vpc_lattice",
    "gatewayConnectors": "gateway_connectors",
    "monitoring": "monitoring",
}
"""Members of UpdateService that belong to the revision: a change of one starts a deployment."""
_KEPT = {
    "placementConstraints": "placement_constraints",
    "placementStrategy": "placement_strategy",
    "healthCheckGracePeriodSeconds": "grace_period",
    "enableExecuteCommand": "enable_execute_command",
    "enableECSManagedTags": "enable_managed_tags",
    "propagateTags": "propagate_tags",
    "availabilityZoneRebalancing": "zone_rebalancing",
}


def create_service(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    name = params["serviceName"]
    if not _NAME.fullmatch(name):
        raise invalid("Name must be up to 255 letters, numbers, hyphens and underscores.")
    existing = cluster.services.get(name)
    if existing and existing.status != "INACTIVE":
        return _repeated(call, cluster, existing, params)
    if not params.get("taskDefinition"):
        raise invalid("TaskDefinition cannot be null or empty.")
    check_controller(params)
    definition = usable(call, params["taskDefinition"])
    daemon = params.get("schedulingStrategy") == "DAEMON"
    launch_type, strategy = capacity_for(cluster, params)
    check_role(params, definition)
    _check_scheduling(params, daemon, runs_on_fargate(launch_type, strategy))
    revision = _first_revision(call, cluster, params, definition, (launch_type, strategy))
    check_revision(call, cluster, definition, revision, params)
    quotas.check_service(sum(known.status != "INACTIVE" for known in cluster.services.values()))
    service = _new_service(call, cluster, params, definition)
    check_traffic(call, service.deployment_configuration, revision)
    cluster.services[name] = service
    rollout.begin(call.state, service, revision)
    return {"service": to_api(call, cluster, service, tags=True)}


def update_service(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    service = find(call, cluster, params["service"])
    if service.status != "ACTIVE":
        raise EcsError("ServiceNotActiveException", "Service was not ACTIVE.")
    check_own_deployment(service.controller, params)
    daemon = service.scheduling_strategy == "DAEMON"
    configuration = deployment_configuration(
        params.get("deploymentConfiguration", {}), service.deployment_configuration, daemon
    )
    if daemon and "desiredCount" in params:
        raise invalid("The desired count of a service with the DAEMON scheduling strategy can not be set.")
    _check_count(params)
    current = service.revision
    revision = _changed_revision(call, cluster, service, params)
    check_traffic(call, configuration, revision)
    for member, attribute in _KEPT.items():
        if member in params:
            setattr(service, attribute, params[member])
    service.deployment_configuration = configuration
    _scale(call, cluster, service, params)
    if revision is not current:
        rollout.begin(call.state, service, revision)
    service.steady = False
    schedule_check(call.state, service, 0.5)
    return {"service": to_api(call, cluster, service, tags=True)}


def delete_service(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    service = find(call, cluster, params["service"])
    if service.status != "ACTIVE":
        raise EcsError("ServiceNotActiveException", "Service was not ACTIVE.")
    replica = service.scheduling_strategy == "REPLICA"
    if replica and service.desired_count > 0 and not params.get("force"):
        raise invalid("The service cannot be stopped while it is scaled above 0.")
    service.status, service.desired_count, service.steady = "DRAINING", 0, False
    schedule_check(call.state, service, 0.5)
    return {"service": to_api(call, cluster, service, tags=False)}


def _repeated(call: Call, cluster: Cluster, existing: Service, params: Json) -> Json:
    if existing.status == "DRAINING":
        raise invalid("Unable to Start a service that is still Draining.")
    token = params.get("clientToken")
    if token and params == existing.created_with:
        return {"service": to_api(call, cluster, existing, tags=True)}
    raise invalid("Creation of service was not idempotent.")


def _check_scheduling(params: Json, daemon: bool, fargate: bool) -> None:
    if daemon and fargate:
        raise client_error("The DAEMON scheduling strategy is not supported for tasks on Fargate.")
    if daemon and "desiredCount" in params:
        raise invalid("The desired count can not be set with the DAEMON scheduling strategy.")
    if daemon and params.get("availabilityZoneRebalancing") == "ENABLED":
        raise invalid("Availability Zone Rebalancing does not support DAEMON services.")
    if daemon and params.get("placementStrategy"):
        raise invalid("Placement strategies are not supported with the DAEMON scheduling strategy.")
    if not daemon and "desiredCount" not in params:
        raise invalid("The desiredCount is required with the REPLICA scheduling strategy.")
    _check_count(params)
    if len(params.get("clientToken", "")) > 36:
        raise invalid("clientToken can have at most 36 characters.")


def _check_count(params: Json) -> None:
    if not 0 <= params.get("desiredCount", 0) <= 5000:
        raise invalid("desiredCount must be between 0 and 5000.")


def _first_revision(
    call: Call, cluster: Cluster, params: Json, definition: TaskDefinition, capacity: tuple[str, list[Json]]
) -> Revision:
    fargate = runs_on_fargate(*capacity)
    return Revision(
        arn=revision_arn(call, cluster, params["serviceName"]),
        task_definition=definition.arn,
        launch_type=capacity[0],
        capacity_provider_strategy=capacity[1],
        platform_version=params.get("platformVersion", "LATEST" if fargate else ""),
        network_configuration=_network(params.get("networkConfiguration", {})),
        load_balancers=params.get("loadBalancers", []),
        service_registries=params.get("serviceRegistries", []),
        service_connect=params.get("serviceConnectConfiguration", {}),
        volume_configurations=params.get("volumeConfigurations", []),
        vpc_lattice=params.get("vpcLatticeConfigurations", []),
        gateway_connectors=params.get("gatewayConnectors", []),
        monitoring=params.get("monitoring", {}),
        created_at=call.now,
        platform_family=platform_family(definition.body) if fargate else "",
    )


def _changed_revision(call: Call, cluster: Cluster, service: Service, params: Json) -> Revision:
    """Return the new revision of the service, or the current one if nothing in it changes."""
    current = service.revision
    definition_arn = current.task_definition
    if "taskDefinition" in params:
        definition_arn = usable(call, params["taskDefinition"]).arn
    changes = {attribute: params[member] for member, attribute in _REVISED.items() if member in params}
    if "network_configuration" in changes:
        changes["network_configuration"] = _network(changes["network_configuration"])
    wanted = {name: getattr(current, name) for name in _REVISED.values()} | changes
    same = all(getattr(current, name) == value for name, value in wanted.items())
    if same and definition_arn == current.task_definition and not params.get("forceNewDeployment"):
        return current
    strategy = wanted["capacity_provider_strategy"]
    definition = call.state.definition(call.scope, definition_arn)
    revision = Revision(
        arn=revision_arn(call, cluster, service.name),
        task_definition=definition_arn,
        launch_type="" if strategy else current.launch_type or "EC2",
        created_at=call.now,
        platform_family=platform_family(definition.body) if current.platform_family else "",
        **wanted,
    )
    if "capacityProviderStrategy" in params:
        capacity_for(cluster, {"capacityProviderStrategy": strategy})
    check_revision(call, cluster, definition, revision, params)
    return revision


def check_revision(call: Call, cluster: Cluster, definition: TaskDefinition, revision: Revision, params: Json) -> None:
    place = {
        "platformVersion": params.get("platformVersion"),
        "placementConstraints": params.get("placementConstraints"),
        "placementStrategy": params.get("placementStrategy"),
        "networkConfiguration": revision.network_configuration,
    }
    check_place(call, definition, place, revision.launch_type, revision.capacity_provider_strategy)
    check_balancers(call, definition, revision.load_balancers)
    if len(revision.service_registries) > 1:
        raise invalid("service registries can have at most 1 items.")
    for registry in revision.service_registries:
        if registry.get("containerName"):
            check_port(definition, registry["containerName"], registry.get("containerPort", 0))
    check_connect(cluster.service_connect_defaults.get("namespace", ""), definition, revision.service_connect)
    _check_namespace(call, revision.service_connect)
    check_lattice(call, definition, [*revision.vpc_lattice, *revision.gateway_connectors])
    check_volumes(call, definition, revision.volume_configurations)
    if params.get("healthCheckGracePeriodSeconds") and not revision.load_balancers:
        raise invalid("Health check grace period is only valid for services configured to use load balancers.")


def _check_namespace(call: Call, connect: Json) -> None:
    reference = connect.get("namespace", "")
    if connect.get("enabled") and reference and not call.state.aws.namespace(call.scope, reference):
        raise EcsError("NamespaceNotFoundException", f"The namespace {reference} was not found.")


def _new_service(call: Call, cluster: Cluster, params: Json, definition: TaskDefinition) -> Service:
    daemon, balanced = params.get("schedulingStrategy") == "DAEMON", bool(params.get("loadBalancers"))
    linked = balanced or definition.body.get("networkMode") == "awsvpc"
    default_grace = 0 if balanced else None
    service_role = call.scope.iam_arn("role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS")
    return Service(
        name=params["serviceName"],
        arn=call.arn(f"service/{cluster.name}/{params['serviceName']}"),
        cluster=cluster.name,
        desired_count=params.get("desiredCount", 0),
        scheduling_strategy="DAEMON" if daemon else "REPLICA",
        deployment_configuration=deployment_configuration(
            params.get("deploymentConfiguration", {}), default_configuration(daemon), daemon
        ),
        placement_constraints=params.get("placementConstraints", []),
        placement_strategy=params.get("placementStrategy", []),
        enable_managed_tags=params.get("enableECSManagedTags", False),
        propagate_tags=params.get("propagateTags", "NONE"),
        enable_execute_command=params.get("enableExecuteCommand", False),
        zone_rebalancing=params.get("availabilityZoneRebalancing", "DISABLED" if daemon else "ENABLED"),
        created_at=call.now,
        created_by=call.caller,
        tags=tags_from(params),
        role_arn=params.get("role", service_role if linked else ""),
        grace_period=params.get("healthCheckGracePeriodSeconds", default_grace),
        created_with=params if params.get("clientToken") else {},
        controller=params.get("deploymentController", {}).get("type", "ECS"),
    )


def _network(configuration: Json) -> Json:
    network = configuration.get("awsvpcConfiguration")
    if not network:
        return {}
    return {"awsvpcConfiguration": {"securityGroups": [], "assignPublicIp": "DISABLED"} | network}


def _scale(call: Call, cluster: Cluster, service: Service, params: Json) -> None:
    wanted = params.get("desiredCount", service.desired_count)
    if wanted != service.desired_count:
        service.desired_count = service.primary.desired_count = wanted
        service.primary.updated_at = call.now
        notify.service_acted(call.state, cluster, service, "SERVICE_DESIRED_COUNT_UPDATED", desiredCount=wanted)


def revision_arn(call: Call, cluster: Cluster, service_name: str) -> str:
    return call.arn(f"service-revision/{cluster.name}/{service_name}/{call.state.number_id()}")


OPERATIONS: dict[str, Handler] = {
    "CreateService": create_service,
    "UpdateService": update_service,
    "DeleteService": delete_service,
}

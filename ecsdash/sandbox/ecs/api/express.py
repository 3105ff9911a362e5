"""Express services: one call creates the task definition, load balancer, service and scaling of a web application."""

from ecsdash.sandbox.ecs.api.clusters import create_cluster
from ecsdash.sandbox.ecs.api.service_changes import create_service, delete_service, update_service
from ecsdash.sandbox.ecs.api.task_definitions import register_task_definition, usable
from ecsdash.sandbox.ecs.aws_services import Ingress
from ecsdash.sandbox.ecs.call import Call, Handler, compact, tag_list
from ecsdash.sandbox.ecs.descriptions.express import to_api, updated
from ecsdash.sandbox.ecs.errors import EcsError, invalid, resource_not_found
from ecsdash.sandbox.ecs.models import Cluster, Json, Service
from ecsdash.sandbox.ecs.state import own

_DEFAULTS: Json = {"cpu": "1024", "memory": "2048", "cpuArchitecture": "X86_64", "healthCheckPath": "/ping"}
_SCALING: Json = {
    "minTaskCount": 1,
    "maxTaskCount": 20,
    "autoScalingMetric": "AVERAGE_CPU",
    "autoScalingTargetValue": 60,
}
_PORT = 80
_OF_TASK = ("cpu", "memory", "executionRoleArn", "taskRoleArn")
_CONFIGURATION = (
    *("executionRoleArn", "taskRoleArn", "networkConfiguration", "cpu", "memory", "cpuArchitecture"),
    *("healthCheckPath", "primaryContainer", "scalingTarget", "taskDefinitionArn"),
)


def create_express(call: Call, params: Json) -> Json:
    name = params.get("serviceName") or f"express-{call.state.hex_id()[:8]}"
    if "cluster" not in params and "default" not in call.region.clusters:
        create_cluster(call, {"clusterName": "default"})
    cluster = call.cluster(params)
    _check_roles(call, params)
    given = {member: params[member] for member in _CONFIGURATION if member in params}
    wanted = _DEFAULTS | given | {"scalingTarget": _SCALING | params.get("scalingTarget", {})}
    subnets = call.state.aws.default_subnets(call.scope)
    wanted["networkConfiguration"] = {"subnets": subnets, **given.get("networkConfiguration", {})}
    definition, container, port = _definition(call, f"{cluster.name}-{name}", wanted)
    ingress = _ingress(call, name, wanted, port)
    balancer = {"targetGroupArn": ingress.target_group, "containerName": container, "containerPort": port}
    create_service(
        call,
        {
            "cluster": cluster.name,
            "serviceName": name,
            "taskDefinition": definition,
            "desiredCount": wanted["scalingTarget"]["minTaskCount"],
            "launchType": "FARGATE",
            "networkConfiguration": {
                "awsvpcConfiguration": wanted["networkConfiguration"] | {"assignPublicIp": "ENABLED"}
            },
            "loadBalancers": [balancer],
            "tags": params.get("tags", []),
        },
    )
    cluster.services[name].express = _belongings(call, params["infrastructureRoleArn"], ingress, wanted)
    _scale(call, cluster, cluster.services[name])
    return {"service": to_api(cluster, cluster.services[name])}


def _ingress(call: Call, name: str, wanted: Json, port: int) -> Ingress:
    subnets, path = wanted["networkConfiguration"]["subnets"], wanted["healthCheckPath"]
    return call.state.aws.create_ingress(call.scope, f"ecs-express-{name}"[:32], subnets, port, path)


def _belongings(call: Call, role: str, ingress: Ingress, wanted: Json) -> Json:
    return {
        "infrastructureRoleArn": role,
        "loadBalancerArn": ingress.load_balancer,
        "targetGroupArn": ingress.target_group,
        "endpoint": ingress.endpoint,
        "configuration": wanted,
        "updatedAt": call.now,
    }


def describe_express(call: Call, params: Json) -> Json:
    cluster, service = _find(call, params["serviceArn"])
    tags = {"tags": tag_list(service.tags)} if "TAGS" in params.get("include", []) else {}
    return {"service": to_api(cluster, service) | tags}


def update_express(call: Call, params: Json) -> Json:
    cluster, service = _find(call, params["serviceArn"])
    _check_roles(call, params)
    current = service.express["configuration"]
    given = {member: params[member] for member in _CONFIGURATION if member in params}
    scaling = current["scalingTarget"] | params.get("scalingTarget", {})
    wanted = current | given | {"scalingTarget": scaling}
    wanted["networkConfiguration"] = current["networkConfiguration"] | params.get("networkConfiguration", {})
    definition, container, port = _definition(call, f"{cluster.name}-{service.name}", wanted)
    changed = {"cluster": cluster.name, "service": service.name, "taskDefinition": definition}
    balancer = {
        "targetGroupArn": service.express["targetGroupArn"],
        "containerName": container,
        "containerPort": port,
    }
    update_service(call, changed | {"loadBalancers": [balancer]})
    service.express = service.express | {"configuration": wanted, "updatedAt": call.now}
    _scale(call, cluster, service)
    return {"service": updated(cluster, service)}


def delete_express(call: Call, params: Json) -> Json:
    cluster, service = _find(call, params["serviceArn"])
    if service.status != "ACTIVE":
        raise EcsError("ServiceNotActiveException", "Service was not ACTIVE.")
    delete_service(call, {"cluster": cluster.name, "service": service.name, "force": True})
    call.state.aws.delete_ingress(call.scope, service.express["loadBalancerArn"], service.express["targetGroupArn"])
    return {"service": to_api(cluster, service)}


def _find(call: Call, arn: str) -> tuple[Cluster, Service]:
    cluster_name, _, name = own(call.scope, arn, "service").rpartition("/")
    cluster = call.region.clusters.get(cluster_name)
    service = cluster.services.get(name) if cluster else None
    if cluster is None or service is None or not service.express:
        raise resource_not_found(f"The Express service {arn} was not found.")
    return cluster, service


def _check_roles(call: Call, params: Json) -> None:
    for member in ("infrastructureRoleArn", "executionRoleArn", "taskRoleArn"):
        if params.get(member) and not call.state.aws.role_exists(call.scope, params[member]):
            raise invalid(f"ECS was unable to assume the role '{params[member]}'.")


def _definition(call: Call, family: str, wanted: Json) -> tuple[str, str, int]:
    """Return the (task definition, container, port): the given one, or one for the primary container."""
    if wanted.get("taskDefinitionArn"):
        definition = usable(call, wanted["taskDefinitionArn"])
        first = definition.body["containerDefinitions"][0]
        ports = [mapping["containerPort"] for mapping in first["portMappings"] if "containerPort" in mapping]
        if not ports:
            raise invalid("The first container of the task definition has no port.")
        return definition.arn, first["name"], ports[0]
    primary = wanted.get("primaryContainer")
    if not primary or not wanted.get("executionRoleArn"):
        raise invalid("Specify primaryContainer and executionRoleArn, or taskDefinitionArn.")
    port = primary.get("containerPort", _PORT)
    params: Json = {
        "family": family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [_container(call, family, primary, port)],
        "runtimePlatform": {"cpuArchitecture": wanted["cpuArchitecture"], "operatingSystemFamily": "LINUX"},
        **{
            member: wanted[member]
            for member in ("cpu", "memory", "executionRoleArn", "taskRoleArn")
            if member in wanted
        },
    }
    registered: Json = register_task_definition(call, params)["taskDefinition"]
    return str(registered["taskDefinitionArn"]), "Main", int(port)


def _container(call: Call, family: str, primary: Json, port: int) -> Json:
    logs = primary.get("awsLogsConfiguration", {"logGroup": f"/aws/ecs/{family}", "logStreamPrefix": "ecs"})
    options = {
        "awslogs-group": logs["logGroup"],
        "awslogs-stream-prefix": logs["logStreamPrefix"],
        "awslogs-region": call.scope.region,
        "awslogs-create-group": "true",
    }
    members = ("image", "command", "environment", "secrets", "repositoryCredentials")
    return compact(
        {
            "name": "Main",
            "portMappings": [{"containerPort": port}],
            "logConfiguration": {"logDriver": "awslogs", "options": options},
            **{member: primary.get(member) for member in members},
        }
    )


def _scale(call: Call, cluster: Cluster, service: Service) -> None:
    target = service.express["configuration"]["scalingTarget"]
    call.state.aws.scale_service(call.scope, cluster.name, service.name, target)


OPERATIONS: dict[str, Handler] = {
    "CreateExpressGatewayService": create_express,
    "DescribeExpressGatewayService": describe_express,
    "UpdateExpressGatewayService": update_express,
    "DeleteExpressGatewayService": delete_express,
}

"""Gateways: kept and shown, and associated with clusters. They route no traffic here."""

from ecsdash.sandbox.ecs.call import Call, Handler, compact, tag_list, tags_from
from ecsdash.sandbox.ecs.errors import EcsError, invalid, resource_not_found
from ecsdash.sandbox.ecs.models import Json
from ecsdash.sandbox.ecs.paging import page
from ecsdash.sandbox.ecs.state import own

_CHANGED = ("infrastructureRoleArn", "deletionProtection", "configuration", "propagateTags")
_BRIEF = ("gatewayArn", "name", "status")


def create_gateway(call: Call, params: Json) -> Json:
    name = params["name"]
    if name in call.region.gateways:
        raise invalid("Creation of gateway was not idempotent.")
    _check_role(call, params)
    scheme = params["configuration"].get("hostSharedAlb", {}).get("scheme", "internet-facing")
    call.region.gateways[name] = {
        "gatewayArn": call.arn(f"gateway/{name}"),
        "name": name,
        "status": "ACTIVE",
        "deletionProtection": False,
        "accessType": "PUBLIC" if scheme == "internet-facing" else "PRIVATE",
        "tags": tag_list(tags_from(params)),
        "createdAt": call.now,
        "updatedAt": call.now,
        "clusters": [],
        **{member: params[member] for member in _CHANGED if member in params},
    }
    return _brief(call.region.gateways[name])


def update_gateway(call: Call, params: Json) -> Json:
    gateway = _find(call, params["gateway"])
    _check_role(call, params)
    changes = {member: params[member] for member in _CHANGED if member in params}
    call.region.gateways[gateway["name"]] = gateway | changes | {"updatedAt": call.now}
    return _brief(gateway) | {"status": "UPDATE_COMPLETE"}


def delete_gateway(call: Call, params: Json) -> Json:
    gateway = _find(call, params["gateway"])
    if gateway["deletionProtection"]:
        raise invalid("The gateway has deletion protection. Turn it off and try again.")
    if gateway["clusters"]:
        raise invalid("The gateway is associated with clusters. Disassociate them and try again.")
    del call.region.gateways[gateway["name"]]
    return _brief(gateway) | {"status": "DELETED"}


def describe_gateway(call: Call, params: Json) -> Json:
    gateway = _find(call, params["gateway"])
    return {"gateway": {member: value for member, value in gateway.items() if member != "clusters"}}


def list_gateways(call: Call, params: Json) -> Json:
    found = [
        (name, _brief(gateway) | {"createdAt": gateway["createdAt"]})
        for name, gateway in sorted(call.region.gateways.items())
        if not params.get("names") or name in params["names"]
    ]
    shown, token = page(found, params, default=100)
    return {"gateways": shown, **token}


def describe_resources(call: Call, params: Json) -> Json:
    gateway = _find(call, params["gateway"])
    return {"gatewayResources": {"gatewayArn": gateway["gatewayArn"], "resources": {"hostSharedAlb": []}}}


def associate(call: Call, params: Json) -> Json:
    gateway, cluster = _find(call, params["gateway"]), call.cluster(params)
    clusters = list(dict.fromkeys([*gateway["clusters"], cluster.arn]))
    call.region.gateways[gateway["name"]] = gateway | {"clusters": clusters}
    return _association(gateway, cluster.arn)


def disassociate(call: Call, params: Json) -> Json:
    gateway, cluster = _find(call, params["gateway"]), call.cluster(params)
    if cluster.arn not in gateway["clusters"]:
        raise resource_not_found("The gateway is not associated with the cluster.")
    clusters = [arn for arn in gateway["clusters"] if arn != cluster.arn]
    call.region.gateways[gateway["name"]] = gateway | {"clusters": clusters}
    return _association(gateway, cluster.arn) | {"status": "INACTIVE"}


def list_associations(call: Call, params: Json) -> Json:
    gateways = [_find(call, params["gateway"])] if "gateway" in params else call.region.gateways.values()
    wanted = call.cluster(params).arn if "cluster" in params else None
    found = [
        (f"{gateway['name']} {arn}", _association(gateway, arn))
        for gateway in gateways
        for arn in gateway["clusters"]
        if wanted in (None, arn)
    ]
    shown, token = page(sorted(found, key=lambda item: item[0]), params, default=100)
    return {"gatewayClusterAssociations": shown, **token}


def list_routes(call: Call, params: Json) -> Json:
    """Services get no routes here."""
    if "gateway" in params:
        _find(call, params["gateway"])
    return {"gatewayRoutes": []}


def describe_route(call: Call, params: Json) -> Json:
    raise resource_not_found(f"The gateway route {params['gatewayRouteArn']} was not found.")


def _find(call: Call, reference: str) -> Json:
    gateway = call.region.gateways.get(own(call.scope, reference, "gateway"))
    if gateway is None:
        raise EcsError("GatewayNotFoundException", "Gateway not found.")
    return gateway


def _check_role(call: Call, params: Json) -> None:
    role = params.get("infrastructureRoleArn")
    if role and not call.state.aws.role_exists(call.scope, role):
        raise invalid(f"ECS was unable to assume the role '{role}'.")


def _brief(gateway: Json) -> Json:
    return compact({member: gateway[member] for member in _BRIEF})


def _association(gateway: Json, cluster_arn: str) -> Json:
    return {"gatewayArn": gateway["gatewayArn"], "clusterArn": cluster_arn, "status": "ACTIVE"}


OPERATIONS: dict[str, Handler] = {
    "AssociateGatewayWithCluster": associate,
    "CreateGateway": create_gateway,
    "DeleteGateway": delete_gateway,
    "DescribeGateway": describe_gateway,
    "DescribeGatewayResources": describe_resources,
    "DescribeGatewayRoute": describe_route,
    "DisassociateGatewayFromCluster": disassociate,
    "ListGatewayClusterAssociations": list_associations,
    "ListGatewayRoutes": list_routes,
    "ListGateways": list_gateways,
    "UpdateGateway": update_gateway,
}

"""How tasks of each subnet leave their VPC: the default route of its route table, and the VPC endpoints it reaches."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from clusters.models import Subnet
from ecsdash.inventory.changes import bump
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.registry import sweeper

EVERYWHERE: Final = "0.0.0.0/0"
#: Members of a route that name its target.
TARGETS: Final = (
    "NatGatewayId", "GatewayId", "TransitGatewayId", "NetworkInterfaceId", "InstanceId", "VpcPeeringConnectionId",
    "LocalGatewayId", "CarrierGatewayId",
)  # fmt: skip


@sweeper("routes", choice=True)
def routes(scope: Scope) -> None:
    """Store the routes and endpoints on the rows of the subnets."""
    aws = scope.connection()
    tables = aws.collect("ec2.describe_route_tables", "RouteTables")
    endpoints = aws.collect("ec2.describe_vpc_endpoints", "VpcEndpoints")
    own, main = _by_subnet(tables), _by_vpc(tables)
    changed = []
    for row in Subnet.objects.in_scope(scope.account, scope.region).present():
        table = own.get(row.name) or main.get(row.vpc_id) or {}
        known = (_default_route(table), _endpoints(scope.region, endpoints, row, table.get("RouteTableId", "")))
        if (row.default_route, row.endpoints) != known:
            row.default_route, row.endpoints = known
            changed.append(row)
    Subnet.objects.bulk_update(changed, ["default_route", "endpoints"])
    if changed:
        bump(scope.account, scope.region, "subnets")


def _by_subnet(tables: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {
        each["SubnetId"]: table for table in tables for each in table.get("Associations", []) if each.get("SubnetId")
    }


def _by_vpc(tables: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the main route table of each VPC."""
    return {
        table["VpcId"]: table for table in tables if any(each.get("Main") for each in table.get("Associations", []))
    }


def _default_route(table: Mapping[str, Any]) -> str:
    """Return the id of what the route to all addresses leads to; empty without one, or where its target is gone."""
    for route in table.get("Routes", []):
        if route.get("DestinationCidrBlock") == EVERYWHERE and route.get("State") != "blackhole":
            return str(next((route[name] for name in TARGETS if route.get(name)), ""))
    return ""


def _endpoints(region: str, endpoints: Iterable[Mapping[str, Any]], row: Subnet, table: str) -> list[str]:
    """Return the short names of the services ("ecr.api") whose endpoints the subnet reaches."""
    kinds: dict[str, bool] = defaultdict(bool)
    for each in endpoints:
        if each["VpcId"] == row.vpc_id and str(each.get("State", "available")).lower() == "available":
            gateway = each.get("VpcEndpointType") == "Gateway"
            name = each["ServiceName"].rpartition(f"{region}.")[2]
            kinds[name] |= not gateway or table in each.get("RouteTableIds", [])
    return sorted(name for name, reached in kinds.items() if reached)

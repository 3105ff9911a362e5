"""Whether a task in a subnet reaches the registry of its image: routes, NAT gateways and VPC endpoints."""

import re
from collections.abc import Iterator

from moto.ec2.models.route_tables import Route
from moto.ec2.models.subnets import Subnet

from ecsdash.sandbox.moto.adapters.compute import ec2
from ecsdash.sandbox.scope import Scope

_PRIVATE_REGISTRY = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/")
_ENDPOINTS = ("ecr.api", "ecr.dkr", "s3")
"""Services whose VPC endpoints a task without a route to the internet needs for a private repository."""
_EVERYWHERE = "0.0.0.0/0"


class RouteAdapter:
    def reaches_registry(self, scope: Scope, image: str, subnet_id: str, *, public_ip: bool) -> bool:
        """The default VPC reaches the internet without a public address, as if it had NAT gateways."""
        subnet = ec2(scope).get_subnet(subnet_id)
        if ec2(scope).get_vpc(subnet.vpc_id).is_default:
            return True
        route = next((each for each in _routes(scope, subnet) if each.destination_cidr_block == _EVERYWHERE), None)
        if route is not None and (public_ip or not str(route.gateway_id or "").startswith("igw-")):
            return True
        if not _PRIVATE_REGISTRY.match(image):
            return False
        endpoints = [each for each in ec2(scope).vpc_end_points.values() if each.vpc_id == subnet.vpc_id]
        offered = {each.service_name.split(f"{scope.region}.", 1)[-1] for each in endpoints}
        return offered.issuperset(_ENDPOINTS)


def _routes(scope: Scope, subnet: Subnet) -> Iterator[Route]:
    """Yield the routes of the subnet's own route table, else those of the main table of its VPC."""
    tables = [table for table in ec2(scope).route_tables.values() if table.vpc_id == subnet.vpc_id]
    own = [table for table in tables if subnet.id in table._associations.values()]
    main = [table for table in tables if table.main_association_id]
    for table in (own or main)[:1]:
        yield from table._routes.values()

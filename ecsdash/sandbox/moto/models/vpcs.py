"""What AWS creates with a VPC and moto does not: the rule of the default group, an internet gateway for the default
VPC."""

from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroup
from moto.ec2.models.vpcs import VPC

_EVERYWHERE = "0.0.0.0/0"


class VpcBackend(EC2Backend):
    def create_default_vpc(self) -> VPC:
        """Attach an internet gateway, and route to it in the main table."""
        vpc = super().create_default_vpc()
        gateway = self.create_internet_gateway()
        self.attach_internet_gateway(gateway.id, vpc.id)
        table = next(each for each in self.route_tables.values() if each.vpc_id == vpc.id)
        self.create_route(table.id, _EVERYWHERE, gateway_id=gateway.id)
        return vpc

    def create_security_group(
        self,
        name: str,
        description: str,
        vpc_id: str | None = None,
        tags: dict[str, str] | None = None,
        force: bool = False,
        is_default: bool | None = None,
    ) -> SecurityGroup:
        """Let the members of a default group reach each other."""
        group = super().create_security_group(name, description, vpc_id, tags, force, is_default)
        if is_default:
            members = [{"GroupId": group.id}]
            self.authorize_security_group_ingress(group.id, "-1", "", "", [], source_groups=members, vpc_id=vpc_id)
        return group

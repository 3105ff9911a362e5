"""Whether a TCP connection between two private addresses is allowed: one VPC, and both sides' security groups."""

import ipaddress
from collections.abc import Iterable

from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupRule

from ecsdash.sandbox.moto.adapters.compute import ec2
from ecsdash.sandbox.scope import Scope


class NetworkAdapter:
    def interface_at(self, scope: Scope, address: str, vpc_of: str = "") -> str:
        """Return the id of the interface with this private address, or an empty text.

        `vpc_of` is the id of an interface in the same VPC, for VPCs with the same addresses.
        """
        interfaces = ec2(scope).enis
        vpc = interfaces[vpc_of].vpc_id if vpc_of in interfaces else ""
        for interface in interfaces.values():
            if vpc in ("", interface.vpc_id) and address in _addresses(interface):
                return str(interface.id)
        return ""

    def may_connect(self, scope: Scope, source_id: str, target_id: str, port: int) -> bool:
        interfaces = ec2(scope).enis
        source, target = interfaces.get(source_id), interfaces.get(target_id)
        if source is None or target is None or source.vpc_id != target.vpc_id:
            return False
        if source is target:
            return True
        leaves = _allows(source.group_set, "egress", target, port)
        return leaves and _allows(target.group_set, "ingress", source, port)


def _addresses(interface: NetworkInterface) -> set[str]:
    return {str(entry["PrivateIpAddress"]) for entry in interface.private_ip_addresses}


def _allows(groups: Iterable[SecurityGroup], direction: str, peer: NetworkInterface, port: int) -> bool:
    peer_groups = {group.id for group in peer.group_set}
    for group in groups:
        rules: list[SecurityGroupRule] = group.egress_rules if direction == "egress" else group.ingress_rules
        if any(_covers(rule, port) and _names(rule, peer, peer_groups) for rule in rules):
            return True
    return False


def _covers(rule: SecurityGroupRule, port: int) -> bool:
    if rule.ip_protocol == "-1":
        return True
    return rule.ip_protocol == "tcp" and int(rule.from_port or 0) <= port <= int(rule.to_port or 0)


def _names(rule: SecurityGroupRule, peer: NetworkInterface, peer_groups: set[str]) -> bool:
    if rule.source_group.get("GroupId") in peer_groups:
        return True
    if not rule.cidr_ipv4:
        return False
    network = ipaddress.ip_network(rule.cidr_ipv4, strict=False)
    return ipaddress.ip_address(str(peer.private_ip_address)) in network

"""Private addresses: each belongs to one network interface, instance or mount target at a time."""

import ipaddress
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.subnets import Subnet

_RESERVED = 4
"""Addresses at the start of a subnet that AWS reserves, with the network address."""
Host = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressesUsedUpError(EC2ClientError):
    code = "InsufficientFreeAddressesInSubnet"

    def __init__(self, subnet_id: str) -> None:
        super().__init__(self.code, f"The specified subnet {subnet_id} does not have enough free addresses.")


class SandboxSubnet(Subnet):
    """A released address is used again only after all others, the one that was released first before the others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._next = _RESERVED
        self._released: dict[str, None] = {}
        self._of_interfaces: set[str] = set()
        super().__init__(*args, **kwargs)
        self.aws_reserved_ips = {self.cidr[number] for number in range(1, _RESERVED)}

    def _base_avail_ip_iterator(self) -> list[Host]:  # type: ignore[override]
        """moto takes the reserved addresses from here; its own iterator cannot be pickled."""
        return [self.cidr[number] for number in range(1, _RESERVED)]

    def get_available_subnet_ip(self, instance: Any) -> str:
        address = self._unused() or next(iter(self._released), "")
        if not address:
            raise AddressesUsedUpError(self.id)
        self._hold(address, instance)
        return address

    def request_ip(self, ip: str, instance: Any) -> None:
        if ipaddress.ip_address(ip) not in self.cidr:
            raise Exception(f"IP does not fall in the subnet CIDR of {self.cidr}")  # as moto's callers expect
        if ip in self._subnet_ips:
            raise EC2ClientError("InvalidIPAddress.InUse", "The specified address is already in use.")
        self._hold(ip, instance)

    def del_subnet_ip(self, ip: str) -> None:
        self._of_interfaces.discard(ip)
        if self._subnet_ips.pop(ip, self) is not self:
            self._released[ip] = None

    def check_free(self, address: str) -> None:
        """Raise EC2ClientError if an interface cannot have this address."""
        if ipaddress.ip_address(address) not in self.cidr:
            message = f"Address {address} does not fall within the subnet's address range."
            raise EC2ClientError("InvalidParameterValue", message)
        if address in self._of_interfaces:
            raise EC2ClientError("InvalidIPAddress.InUse", "The specified address is already in use.")

    def attach(self, address: str) -> None:
        """Give an address, which an instance or mount target may hold already, to an interface."""
        self._of_interfaces.add(address)
        if address not in self._subnet_ips:
            self._hold(address, None)

    def _hold(self, address: str, holder: Any) -> None:
        self._released.pop(address, None)
        self._subnet_ips[address] = holder

    def _unused(self) -> str:
        """Return an address that nothing has had yet, or an empty text. The last address is reserved by AWS."""
        while self._next < self.cidr.num_addresses - 1:
            address = self.cidr[self._next]
            self._next += 1
            text = str(address)
            if address not in self._reserved_ips and text not in self._subnet_ips and text not in self._released:
                return text
        return ""


class AddressBackend(EC2Backend):
    """Network interfaces with addresses of their subnet; moto draws them at random."""

    def create_network_interface(
        self,
        subnet: Any,
        private_ip_address: str | list[str],
        private_ip_addresses: list[Any] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> NetworkInterface:
        network: Any = self.get_subnet(subnet) if isinstance(subnet, str) else subnet
        addresses = _requested(private_ip_address, private_ip_addresses or [])
        for address in addresses:
            network.check_free(address)
        for _ in range(int(kwargs.pop("secondary_ips_count", None) or 0) + (not addresses)):
            addresses.append(network.get_available_subnet_ip(None))
        for address in addresses:
            network.attach(address)
        entries = [{"Primary": not number, "PrivateIpAddress": address} for number, address in enumerate(addresses)]
        return super().create_network_interface(network, addresses[0], entries, *args, **kwargs)

    def delete_network_interface(self, eni_id: str) -> None:
        interface: Any = self.enis.get(eni_id)
        super().delete_network_interface(eni_id)
        for entry in interface.private_ip_addresses:
            interface.subnet.del_subnet_ip(entry["PrivateIpAddress"])

    def assign_private_ip_addresses(
        self, eni_id: str, private_ip_addresses: list[str] | None = None, secondary_ips_count: int | None = None
    ) -> NetworkInterface:
        subnet: SandboxSubnet = self.get_network_interface(eni_id).subnet
        addresses = list(private_ip_addresses or [])
        for address in addresses:
            subnet.check_free(address)
        addresses += [subnet.get_available_subnet_ip(None) for _ in range(int(secondary_ips_count or 0))]
        for address in addresses:
            subnet.attach(address)
        return super().assign_private_ip_addresses(eni_id, addresses)

    def unassign_private_ip_addresses(
        self, eni_id: str, private_ip_address: list[str] | None = None
    ) -> NetworkInterface:
        interface = self.get_network_interface(eni_id)
        held = {entry["PrivateIpAddress"] for entry in interface.private_ip_addresses}
        for address in held & set(private_ip_address or []):
            interface.subnet.del_subnet_ip(address)
        return super().unassign_private_ip_addresses(eni_id, private_ip_address)


def _requested(primary: str | list[str] | None, entries: list[Any]) -> list[str]:
    """Return the addresses that a request names, the primary one first."""
    first = primary[0] if isinstance(primary, list) and primary else primary
    named = [entry if isinstance(entry, dict) else {"PrivateIpAddress": entry} for entry in entries]
    named.sort(key=lambda entry: not entry.get("Primary"))
    addresses = [str(first)] if first else []
    addresses += [str(entry["PrivateIpAddress"]) for entry in named if entry.get("PrivateIpAddress")]
    return list(dict.fromkeys(addresses))

"""TCP connections of a task inside the simulated network: to an address, a private DNS name or a name of a service."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from ecsdash.sandbox.ecs import EcsControlPlane
from ecsdash.sandbox.moto.adapters import MotoAdapters
from ecsdash.sandbox.scope import Scope

_PRIVATE_DNS_NAME = re.compile(r"ip-(\d+)-(\d+)-(\d+)-(\d+)(\.ec2\.internal|\.[a-z0-9-]+\.compute\.internal)?")


@dataclass(frozen=True)
class Client:
    """A task that connects. `namespace` is that of its Service Connect, empty without it."""

    scope: Scope
    address: str
    interface: str
    namespace: str


def images_reached(plane: EcsControlPlane, aws: MotoAdapters, client: Client, host: str, port: int) -> Iterator[str]:
    """Yield the images of the running containers that accept the connection."""
    if address := _address(host):
        yield from _at(plane, aws, client, address, port, listens_on=port)
        return
    for each in aws.addresses(client.scope, host, port, client.namespace):
        yield from _at(plane, aws, client, each, port, listens_on=None)


def _at(
    plane: EcsControlPlane, aws: MotoAdapters, client: Client, address: str, port: int, *, listens_on: int | None
) -> list[str]:
    """`listens_on` None: the host name leads to the port of the container, whatever it is."""
    source = client.interface or aws.interface_at(client.scope, client.address)
    target = aws.interface_at(client.scope, address, vpc_of=source)
    if not aws.may_connect(client.scope, source, target, port):
        return []
    return plane.images_at(client.scope, target, address, listens_on)


def _address(host: str) -> str:
    """Return the private IPv4 address that a host is or names, or an empty text."""
    match = _PRIVATE_DNS_NAME.fullmatch(host.lower())
    text = ".".join(match.groups()[:4]) if match else host
    try:
        address = IPv4Address(text)
    except AddressValueError:
        return ""
    return "" if address.is_loopback else text

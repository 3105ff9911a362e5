"""The address of the client, read here only. The audit trail, sign-in limits, rate limits and logs use it."""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_metadata
from structlog.contextvars import bind_contextvars

Network = IPv4Network | IPv6Network
MOST_HOPS: Final = 20


def client_ip(request: HttpRequest) -> str:
    return client_address(request.META)


def client_address(environ: Mapping[str, Any]) -> str:
    """Return the IP address of the client of a WSGI request.

    It is the last address that is not one of our proxies: the peer, or, if the peer is a proxy of ours, the last other
    one in X-Forwarded-For. Addresses further left were sent by the client and are not read.
    """
    peer = str(environ.get("REMOTE_ADDR", ""))
    if not is_trusted(peer):
        return peer
    forwarded = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")[-MOST_HOPS:]
    for hop in reversed(forwarded):
        address = _address(hop.strip())
        if not address:
            break
        if not is_trusted(address):
            return address
        peer = address
    return peer


def limited_address(environ: Mapping[str, Any]) -> str:
    """Return the client's address as rate limits count it: IPv6 clients have a whole /64 network to choose from."""
    address = client_address(environ)
    if ":" not in address:
        return address
    return ":".join(IPv6Address(address.partition("%")[0]).exploded.split(":")[:4])


def is_trusted(address: str) -> bool:
    """Return whether the address is that of a proxy of ours."""
    return _is_in(address, settings.TRUSTED_PROXIES)


@lru_cache(maxsize=1024)
def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    known = _address(address)
    return bool(known) and any(ip_address(known) in network for network in networks)


def _address(text: str) -> str:
    """Return an address in its usual form, empty if the text is none. IPv4 in IPv6 is IPv4."""
    try:
        parsed = ip_address(text)
    except ValueError:
        return ""
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped or parsed)


@receiver(bind_extra_request_metadata)
def log_client_address(request: HttpRequest, **_: Any) -> None:
    """Log the address that the product uses, not one that the client may have sent."""
    bind_contextvars(ip=client_ip(request))

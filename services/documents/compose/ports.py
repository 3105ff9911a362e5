"""Ports and expose of a Compose service as port mappings of ECS in awsvpc mode."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ecsdash.web.forms.document.pointers import below
from services.documents.compose.report import Misused, Report
from services.documents.compose.values import listed, text, whole

#: [host IP:][published:]target[/protocol]; both may be ranges.
SHORT: Final = re.compile(
    r"(?:(?P<address>\[[0-9A-Fa-f:.]{2,45}\]|[0-9.]{7,15}):)?"
    r"(?:(?P<published>[0-9]{1,5}(?:-[0-9]{1,5})?)?:)?"
    r"(?P<target>[0-9]{1,5}(?:-[0-9]{1,5})?)(?:/(?P<protocol>tcp|udp))?\Z"
)
RANGE: Final = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?\Z")
UNNAMED: Final = re.compile(r"[^a-z0-9_-]+")
APP_PROTOCOLS: Final = ("http", "http2", "grpc")
HIGHEST: Final = 65535
ONE_ADDRESS: Final = "In awsvpc mode the task has its own network interface, and its ports are those of the containers."

#: Ports of programs that Compose files often do not name, because containers of one network reach every port.
USUAL_PORTS: Final = {
    "postgres": 5432, "mysql": 3306, "mariadb": 3306, "percona": 3306, "redis": 6379, "valkey": 6379, "mongo": 27017,
    "memcached": 11211, "rabbitmq": 5672, "nats": 4222, "elasticsearch": 9200, "opensearch": 9200, "minio": 9000,
}  # fmt: skip


@dataclass(frozen=True)
class Port:
    """`target` is a port or a range `3000-3005`."""

    target: str
    protocol: str = "tcp"
    published: str = ""
    address: str = ""
    app_protocol: str = ""

    @property
    def is_range(self) -> bool:
        return "-" in self.target


def mappings(service: str, settings: Mapping[str, Any], at: str, report: Report) -> list[dict[str, Any]]:
    """Return the port mappings of `ports` and `expose`, each port once."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for key in ("ports", "expose"):
        for place, port in _ports(settings.get(key) or [], below(at, key), report):
            found.setdefault((port.target, port.protocol), _mapping(service, port))
            _report(port, place, report)
    return list(found.values())


def _ports(value: Any, at: str, report: Report) -> Iterator[tuple[str, Port]]:
    for number, each in enumerate(listed(value)):
        place = below(at, number)
        try:
            yield place, _long(each) if isinstance(each, Mapping) else _short(text(each))
        except Misused as error:
            report.impossible(place, f"The port was left out. {error}")


def _short(written: str) -> Port:
    match = SHORT.match(written)
    if match is None:
        raise Misused("“8080:80” or “80” is expected.")
    groups = {name: value or "" for name, value in match.groupdict().items()}
    return Port(_checked(groups["target"]), groups["protocol"] or "tcp", groups["published"], groups["address"])


def _long(value: Mapping[str, Any]) -> Port:
    if "target" not in value:
        raise Misused("The target is missing.")
    published = text(value["published"]) if value.get("published") is not None else ""
    protocol = text(value.get("protocol") or "tcp")
    if protocol not in ("tcp", "udp"):
        raise Misused("The protocol must be tcp or udp.")
    return Port(
        _checked(str(whole(value["target"]))), protocol, published, text(value.get("host_ip") or ""),
        text(value.get("app_protocol") or ""),
    )  # fmt: skip


def _checked(target: str) -> str:
    match = RANGE.match(target)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 0 < first <= last <= HIGHEST:
        raise Misused("Ports are numbers from 1 to 65535.")
    return str(first) if first == last else f"{first}-{last}"


def _mapping(service: str, port: Port) -> dict[str, Any]:
    """Return the mapping with a name for Service Connect, which ranges cannot have."""
    if port.is_range:
        return {"containerPortRange": port.target, "protocol": port.protocol}
    found: dict[str, Any] = {
        "name": port_name(service, port.target, port.protocol),
        "containerPort": int(port.target),
        "protocol": port.protocol,
    }
    return {**found, "appProtocol": port.app_protocol} if port.app_protocol in APP_PROTOCOLS else found


def port_name(service: str, target: str, protocol: str) -> str:
    """Return the name for Service Connect: at most 64 lower-case letters, digits, - and _."""
    written = f"{service}-{target}" if protocol == "tcp" else f"{service}-{target}-{protocol}"
    return UNNAMED.sub("-", written.lower())[-64:].strip("-_")


def usual_port(service: str, image: str) -> dict[str, Any] | None:
    """Return the mapping of the port on which programs of this image listen, None if it is not a known one."""
    name = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    port = USUAL_PORTS.get(name)
    return _mapping(service, Port(str(port))) if port else None


def _report(port: Port, at: str, report: Report) -> None:
    if port.address:
        what = (
            f"The address {port.address} was left out. Port {port.target} is open to the security groups of the task."
        )
        report.changed(at, what, ONE_ADDRESS)
    elif port.published and port.published != port.target:
        report.changed(
            at,
            f"Published port {port.published} was left out: the container port {port.target} is used.",
            ONE_ADDRESS,
            "Reach it at a listener of a load balancer with the published port.",
        )
    else:
        report.carried(at, f"Port {port.target}/{port.protocol}")

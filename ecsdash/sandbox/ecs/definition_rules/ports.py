"""Port mappings of the containers and of the whole task."""

import re
from collections.abc import Iterator

from ecsdash.sandbox.ecs.errors import client_error
from ecsdash.sandbox.ecs.models import Json

_PORT_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")
_RANGE = re.compile(r"(\d{1,5})-(\d{1,5})")
_HIGHEST = 65_535
_RANGES = 100


def check_container(params: Json, container: Json) -> None:
    mode, mappings = params.get("networkMode", "bridge"), container.get("portMappings", [])
    if mode == "none" and mappings:
        raise client_error("Port mappings are not supported when networkMode=none.")
    for mapping in mappings:
        _check_name(mapping.get("name"))
        if mapping.get("containerPortRange"):
            _check_range(mode, container["name"], mapping)
        else:
            _check_port(mode, container["name"], mapping)
    if sum("containerPortRange" in mapping for mapping in mappings) > _RANGES:
        raise client_error(f"A container can have at most {_RANGES} port ranges.")


def check_task(params: Json) -> None:
    """Names of ports are unique; where all containers share one network, so are the ports, else those of the host."""
    mode = params.get("networkMode", "bridge")
    mappings = [
        mapping for container in params["containerDefinitions"] for mapping in container.get("portMappings", [])
    ]
    names = [mapping["name"] for mapping in mappings if mapping.get("name")]
    if len(names) != len(set(names)):
        raise client_error(f"When networkMode={mode}, port mapping name is already used")
    shared = mode in ("awsvpc", "host")
    held: set[tuple[str, int]] = set()
    for mapping in mappings:
        for port in _ports(mapping, "containerPort" if shared else "hostPort"):
            taken = (mapping.get("protocol", "tcp"), port)
            if taken in held:
                kind = "container port" if shared else "host port"
                raise client_error(f"When networkMode={mode}, {kind} is used multiple times in task.")
            held.add(taken)


def _ports(mapping: Json, member: str) -> Iterator[int]:
    if member == "containerPort" and mapping.get("containerPortRange"):
        low, high = mapping["containerPortRange"].split("-")
        yield from range(int(low), int(high) + 1)
    elif mapping.get(member):
        yield mapping[member]


def _check_name(name: str | None) -> None:
    if name is not None and not _PORT_NAME.fullmatch(name):
        raise client_error(
            f"Invalid port mapping name '{name}'. The name can include up to 64 characters. The characters can "
            "include lowercase letters, numbers, underscores (_), and hyphens (-). A hyphen can't be the first "
            "character."
        )


def _check_range(mode: str, container: str, mapping: Json) -> None:
    if mapping.get("containerPort") is not None or mapping.get("hostPort"):
        raise client_error(
            f"Invalid port mapping for container '{container}': cannot specify both single port and port range."
        )
    if mode == "host":
        raise client_error("The 'containerPortRange' setting is not supported when networkMode=host.")
    match = _RANGE.fullmatch(mapping["containerPortRange"])
    if match is None or not 1 <= int(match[1]) < int(match[2]) <= _HIGHEST:
        raise client_error(f"Invalid 'containerPortRange' setting for container '{container}'.")


def _check_port(mode: str, container: str, mapping: Json) -> None:
    port, host_port = mapping.get("containerPort"), mapping.get("hostPort")
    if not 1 <= (port or 0) <= _HIGHEST:
        raise client_error(f"Invalid 'containerPort' setting for container '{container}'.")
    if not 0 <= (host_port or 0) <= _HIGHEST:
        raise client_error(f"Invalid 'hostPort' setting for container '{container}'.")
    if mode in ("awsvpc", "host") and host_port not in (None, port):
        raise client_error(f"When networkMode={mode}, the host ports and container ports in port mappings must match.")

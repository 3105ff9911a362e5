"""Rules about port mappings and what depends on the network mode."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from services.documents.findings.parts import Part, Violation, listed, name_of, outside
from services.documents.findings.task_definition.task import network_mode

PORT_NAME: Final = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")
RANGE: Final = re.compile(r"(\d{1,5})-(\d{1,5})")
MOST_RANGES: Final = 100
MOST_PORT: Final = 65_535
#: Members of a container that do not go with the network mode awsvpc.
NOT_WITH_AWSVPC: Final = {
    "hostname": "Remove it: the task has the name of its network interface.",
    "links": "Remove them: containers of a task reach each other at localhost.",
    "extraHosts": "Remove them.",
    "dnsServers": "Remove them: the task uses those of the VPC.",
    "dnsSearchDomains": "Remove them: the task uses those of the VPC.",
    "disableNetworking": "Remove it, or choose the network mode none.",
}


def ports(definition: Part, container: Part) -> Iterator[Violation]:
    mappings, mode = container.parts("portMappings"), network_mode(definition)
    if mappings and mode == "none":
        how = "Remove the ports, or choose another network mode."
        yield Violation(container.at("portMappings"), "The network mode none does not support ports", "", how)
        return
    for each in mappings:
        yield from _numbers(each, mode)


def _numbers(mapping: Part, mode: str) -> Iterator[Violation]:
    port, host = mapping.get("containerPort"), mapping.get("hostPort")
    span = mapping.get("containerPortRange")
    if port is None and not span:
        how = "Enter it, or remove the row."
        yield Violation(mapping.at("containerPort"), "The container port is missing", "", how)
    elif span and (port is not None or host):
        how = "Remove the single ports, or the range."
        yield Violation(mapping.at("containerPortRange"), "A range and a single port exclude each other", "", how)
    yield from outside(mapping, "containerPort", 1, MOST_PORT)
    yield from outside(mapping, "hostPort", 0, MOST_PORT)
    if port is not None and mode in ("awsvpc", "host") and host not in (None, port):
        yield Violation(
            mapping.at("hostPort"),
            f"In {mode} mode the host port must be the container port",
            "",
            f"Leave it empty or enter {port}.",
        )


def port_ranges(definition: Part, container: Part) -> Iterator[Violation]:
    ranges = [each for each in container.parts("portMappings") if each.get("containerPortRange")]
    if len(ranges) > MOST_RANGES:
        what, why = f"{len(ranges)} port ranges are too many", f"ECS takes at most {MOST_RANGES}."
        yield Violation(container.at("portMappings"), what, why, "Combine some.")
    for each in ranges:
        place = each.at("containerPortRange")
        if network_mode(definition) == "host":
            how = "List the ports one by one, or choose bridge or awsvpc."
            yield Violation(place, "The network mode host does not support port ranges", "", how)
        elif _range_of(each) is None:
            how = f"Enter two ports from 1 to {MOST_PORT}, the smaller first: 8000-8010."
            yield Violation(place, "This is not a port range", "", how)


def _range_of(mapping: Part) -> tuple[int, int] | None:
    match = RANGE.fullmatch(mapping.get("containerPortRange") or "")
    first, last = (int(match[1]), int(match[2])) if match else (0, 0)
    return (first, last) if 1 <= first < last <= MOST_PORT else None


def overlapping_ports(definition: Part, container: Part) -> Iterator[Violation]:
    """Compare port ranges with each other and with single ports: a port may be in one mapping only."""
    spans: dict[str, list[tuple[int, int, Part, bool]]] = {}
    for each in container.parts("portMappings"):
        port, span = each.get("containerPort"), _range_of(each)
        first, last = span or (port or 0, port or 0)
        if first:
            spans.setdefault(each.get("protocol") or "tcp", []).append((first, last, each, span is not None))
    for placed in spans.values():
        yield from _overlaps(sorted(placed, key=lambda each: each[:2]))


def _overlaps(spans: list[tuple[int, int, Part, bool]]) -> Iterator[Violation]:
    """Yield a violation for each span that begins inside an earlier one, if one of both is a range."""
    end, end_is_range = 0, False
    for first, last, mapping, is_range in spans:
        if first <= end and (is_range or end_is_range):
            place = mapping.at("containerPortRange" if is_range else "containerPort")
            how = "Let each port be in one mapping only."
            yield Violation(place, "The port is in another port mapping too", "", how)
        if last > end:
            end, end_is_range = last, is_range


def ports_mapped_twice(definition: Part, container: Part) -> Iterator[Violation]:
    shared = network_mode(definition) in ("awsvpc", "host")
    taken: Counter[tuple[Any, str]] = Counter()
    for each in container.parts("portMappings"):
        port = each.get("containerPort") if shared else each.get("hostPort")
        key = (port, each.get("protocol") or "tcp")
        taken[key] += 1
        if port and taken[key] == 2:
            member, kind = ("containerPort", "Port") if shared else ("hostPort", "Host port")
            yield Violation(each.at(member), f"{kind} {port}/{key[1]} is mapped twice", "", "Remove one of them.")


def ports_of_other_containers(definition: Part) -> Iterator[Violation]:
    """Find ports of two containers that share one network: one of both cannot listen."""
    shared = network_mode(definition) in ("awsvpc", "host")
    taken: dict[tuple[Any, str], str] = {}
    for container in definition.parts("containerDefinitions"):
        for each in container.parts("portMappings"):
            port = each.get("containerPort") if shared else each.get("hostPort")
            key = (port, each.get("protocol") or "tcp")
            other = taken.setdefault(key, container.pointer)
            if port and other != container.pointer:
                yield Violation(
                    each.at("containerPort" if shared else "hostPort"),
                    f"Port {port}/{key[1]} is used by another container of the task",
                    "They share one network: only one of them can listen on it.",
                    "Use another port.",
                )


def port_names(definition: Part) -> Iterator[Violation]:
    known: set[str] = set()
    for container in definition.parts("containerDefinitions"):
        for each in container.parts("portMappings"):
            name = each.get("name")
            if not name:
                continue
            if not PORT_NAME.fullmatch(name):
                how = "Use up to 64 lower-case letters, digits, underscores and hyphens, not a hyphen first."
                yield Violation(each.at("name"), "The port name has characters that ECS does not take", "", how)
            elif name in known:
                what = f"Two ports are called {name_of(each)}"
                yield Violation(each.at("name"), what, "", "Give each its own name.")
            known.add(name)


def awsvpc(definition: Part, container: Part) -> Iterator[Violation]:
    if network_mode(definition) != "awsvpc":
        return
    for member, how in NOT_WITH_AWSVPC.items():
        if container.get(member):
            yield Violation(container.at(member), f"The network mode awsvpc does not support {member}", "", how)


def links(definition: Part, container: Part) -> Iterator[Violation]:
    mode = network_mode(definition)
    if mode == "awsvpc" or not container.get("links"):
        return
    if mode in ("host", "none"):
        how = "Remove them, or choose the network mode bridge."
        yield Violation(container.at("links"), f"The network mode {mode} does not support links", "", how)
        return
    names = [each.get("name") for each in definition.parts("containerDefinitions")]
    for place, link in container.entries("links"):
        if link.partition(":")[0] not in names:
            how = f"Enter one of {listed(names)}, with or without an alias: name:alias."
            yield Violation(place, "The linked container does not exist", "", how)

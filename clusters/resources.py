"""What a container instance registered and has left, as its page shows it."""

from dataclasses import dataclass
from typing import Any

from clusters.models import ContainerInstance, reservation_tone
from ecsdash.web.tone import Tone

PORTS = {"PORTS": "TCP", "PORTS_UDP": "UDP"}


@dataclass(frozen=True)
class Resource:
    """An amount: CPU in units, memory in MiB, GPUs by number."""

    name: str
    registered: int
    remaining: int

    @property
    def reserved(self) -> int:
        return max(0, self.registered - self.remaining)

    @property
    def tone(self) -> Tone:
        return reservation_tone(self.reserved, self.registered)


@dataclass(frozen=True)
class Resources:
    amounts: tuple[Resource, ...]
    ports: tuple[str, ...]


def resources_of(instance: ContainerInstance) -> Resources:
    """CPU and memory, what else is counted, and the host ports in use beyond those that the agent reserves."""
    registered = _by_name(instance.description.get("registeredResources"))
    remaining = _by_name(instance.description.get("remainingResources"))
    amounts = tuple(
        Resource(name, _amount(each), _amount(remaining.get(name, {})))
        for name, each in registered.items()
        if name not in PORTS
    )
    ports = tuple(
        f"{port}/{protocol}"
        for name, protocol in PORTS.items()
        for port in _new_ports(registered.get(name, {}), remaining.get(name, {}))
    )
    return Resources(amounts, ports)


def attributes_of(instance: ContainerInstance) -> list[tuple[str, str]]:
    return sorted((each["name"], each.get("value", "")) for each in instance.description.get("attributes", []))


def _by_name(resources: list[dict[str, Any]] | None) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in resources or ()}


def _amount(resource: dict[str, Any]) -> int:
    if resource.get("type") == "STRINGSET":
        return len(resource.get("stringSetValue", []))
    return int(resource.get("integerValue", 0))


def _new_ports(registered: dict[str, Any], remaining: dict[str, Any]) -> list[str]:
    """ECS lists as 'remaining' ports those that are taken, the agent's own among them."""
    own = set(registered.get("stringSetValue", []))
    return sorted((port for port in remaining.get("stringSetValue", []) if port not in own), key=int)

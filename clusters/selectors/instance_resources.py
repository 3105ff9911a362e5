"""What container instances registered and have left, as pages show it."""

from dataclasses import dataclass
from typing import Any

from clusters.models import ContainerInstance
from ecsdash.web.formatting import cpu_units, mebibytes
from ecsdash.web.tone import Tone

NEARLY_FULL = 0.9
PORTS = {"PORTS": "TCP", "PORTS_UDP": "UDP"}
LABELS = {"CPU": "CPU", "MEMORY": "Memory", "GPU": "GPUs"}


@dataclass(frozen=True)
class Resource:
    """An amount: CPU in units, memory in MiB, others by number."""

    name: str
    registered: int
    remaining: int

    @property
    def label(self) -> str:
        return LABELS.get(self.name, self.name)

    @property
    def reserved(self) -> int:
        return max(0, self.registered - self.remaining)

    @property
    def tone(self) -> Tone:
        """Warns when hardly anything more can be placed."""
        full = self.registered and self.reserved / self.registered >= NEARLY_FULL
        return Tone.WARN if full else Tone.PROGRESS

    @property
    def reserved_words(self) -> str:
        return self._words(self.reserved)

    @property
    def registered_words(self) -> str:
        return self._words(self.registered)

    @property
    def words(self) -> str:
        return f"{self.reserved_words} of {self.registered_words}"

    @property
    def share(self) -> str:
        return f"{round(100 * self.reserved / self.registered)} %" if self.registered else "—"

    def __str__(self) -> str:
        return self.words

    def _words(self, amount: int) -> str:
        if self.name == "CPU":
            return cpu_units(amount)
        return mebibytes(amount) if self.name == "MEMORY" else str(amount)


@dataclass(frozen=True)
class Resources:
    amounts: tuple[Resource, ...]
    ports: tuple[str, ...]


def cpu_of(instance: ContainerInstance) -> Resource:
    return Resource("CPU", instance.registered_cpu, instance.remaining_cpu)


def memory_of(instance: ContainerInstance) -> Resource:
    return Resource("MEMORY", instance.registered_memory, instance.remaining_memory)


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
    """Those that have a value; the others are capabilities."""
    return sorted((each["name"], each["value"]) for each in _attributes(instance) if each.get("value"))


def capabilities_of(instance: ContainerInstance) -> list[str]:
    return sorted(each["name"] for each in _attributes(instance) if not each.get("value"))


def _attributes(instance: ContainerInstance) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = instance.description.get("attributes", [])
    return found


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

"""The registered and remaining resources of container instances."""

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
    """The amounts of one resource: CPU in units, memory in MiB, others as a count."""

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
        """WARN when almost everything is reserved."""
        full = self.registered and self.reserved / self.registered >= NEARLY_FULL
        return Tone.WARN if full else Tone.PROGRESS

    @property
    def reserved_text(self) -> str:
        return self._text(self.reserved)

    @property
    def registered_text(self) -> str:
        return self._text(self.registered)

    @property
    def text(self) -> str:
        return f"{self.reserved_text} of {self.registered_text}"

    @property
    def share(self) -> str:
        return f"{round(100 * self.reserved / self.registered)} %" if self.registered else "—"

    def __str__(self) -> str:
        return self.text

    def _text(self, amount: int) -> str:
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
    """Return the amounts of all resources, and the host ports in use without those that the agent reserves."""
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
        for port in _used_ports(registered.get(name, {}), remaining.get(name, {}))
    )
    return Resources(amounts, ports)


def ports_in_use(instance: ContainerInstance) -> list[str]:
    """Return all host ports that a task cannot use, as "8080/tcp": those of tasks and those of the agent."""
    remaining = _by_name(instance.description.get("remainingResources"))
    return [
        f"{port}/{protocol.lower()}"
        for name, protocol in PORTS.items()
        for port in remaining.get(name, {}).get("stringSetValue", [])
    ]


def gpus_free(instance: ContainerInstance) -> int:
    """Return the number of GPUs that no task uses."""
    return _amount(_by_name(instance.description.get("remainingResources")).get("GPU", {}))


def attributes_of(instance: ContainerInstance) -> list[tuple[str, str]]:
    """Return the attributes that have a value; those without one are capabilities."""
    return sorted((each["name"], each["value"]) for each in _attributes(instance) if each.get("value"))


def capabilities_of(instance: ContainerInstance) -> list[str]:
    return sorted(each["name"] for each in _attributes(instance) if not each.get("value"))


def _attributes(instance: ContainerInstance) -> list[dict[str, Any]]:
    attributes: list[dict[str, Any]] = instance.description.get("attributes", [])
    return attributes


def _by_name(resources: list[dict[str, Any]] | None) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in resources or ()}


def _amount(resource: dict[str, Any]) -> int:
    if resource.get("type") == "STRINGSET":
        return len(resource.get("stringSetValue", []))
    return int(resource.get("integerValue", 0))


def _used_ports(registered: dict[str, Any], remaining: dict[str, Any]) -> list[str]:
    """Return the ports that tasks use. ECS lists the used ports as 'remaining', including those of the agent."""
    reserved = set(registered.get("stringSetValue", []))
    return sorted((port for port in remaining.get("stringSetValue", []) if port not in reserved), key=int)

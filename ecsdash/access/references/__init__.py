"""What each AWS call names: the things that it creates, changes, deletes, uses, passes or reads, and the capabilities
that it needs.

One entry for each call that a plan may contain; a call without an entry cannot be in a plan. Entries get the parameters
of the call. What an earlier step of the same plan makes is marked as Own and is not a reference.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any, TypeVar

from ecsdash.access.permissions import Capability


class How(StrEnum):
    CREATES = "creates"
    CHANGES = "changes"
    DELETES = "deletes"
    USES = "uses"
    PASSES = "passes"
    READS = "reads"


class Own(str):
    """A value that an earlier step of the same plan returns."""

    __slots__ = ()


@dataclass(frozen=True)
class Reference:
    """A thing that a call names. `kind` is its noun in the inventory; `name` its name there, which rules match.

    `key` is what the call says: an ARN, an ID or the name. `cluster` is set for things inside a cluster.
    """

    how: How
    kind: str
    name: str
    key: str = ""
    cluster: str = ""

    def __str__(self) -> str:
        return f"{self.how} {self.kind.replace('_', ' ')} {self.name}"


@dataclass(frozen=True)
class RequiredCapability:
    """A capability that a call needs, and why: "the container app is privileged"."""

    capability: Capability
    reason: str


Entry = Callable[[Mapping[str, Any]], Iterable[Reference | RequiredCapability]]
EntryFunction = TypeVar("EntryFunction", bound=Entry)
ENTRIES: dict[str, Entry] = {}


class UnknownCall(Exception):
    """A plan contains a call that has no entry."""


def entry(*calls: str) -> Callable[[EntryFunction], EntryFunction]:
    """Decorator: register the entry of these calls."""

    def register(function: EntryFunction) -> EntryFunction:
        ENTRIES.update(dict.fromkeys(calls, function))
        return function

    return register


def named_by(call: str, params: Mapping[str, Any]) -> list[Reference | RequiredCapability]:
    """Return what the call names, each once, without what the plan itself makes. Raise UnknownCall."""
    if call not in ENTRIES:
        raise UnknownCall(call)
    found = dict.fromkeys(ENTRIES[call](params))
    return [each for each in found if isinstance(each, RequiredCapability) or not _own(each)]


def _own(reference: Reference) -> bool:
    return not reference.name or isinstance(reference.name, Own) or isinstance(reference.key, Own)


def thing(how: How, kind: str, key: Any, *, cluster: str = "") -> Reference:
    """Return a reference by ARN, ID or name. The name of an ARN is the part that people know."""
    if isinstance(key, Own) or not key:
        return Reference(how, kind, Own(key or ""), Own(key or ""), cluster)
    return Reference(how, kind, name_of(kind, str(key)), str(key), tail(cluster))


def name_of(kind: str, key: str) -> str:
    """Return the name of a thing from its ARN. Listeners and their rules have the name of their load balancer, objects
    that of their bucket and their key."""
    if not key.startswith("arn:"):
        return key.partition(":")[0] if kind == "task_definition" else key
    resource = key.split(":", 5)[-1]
    if kind == "task_definition":
        return tail(resource).partition(":")[0]
    if kind in ("load_balancer", "listener", "listener_rule"):
        return resource.split("/")[2]
    if kind == "target_group":
        return resource.split("/")[1]
    if kind == "secret":
        return secret_name(resource)
    if kind == "object":
        return resource
    if kind == "function":
        return resource.split(":")[1]
    return tail(resource)


def secret_name(resource: str) -> str:
    """Return the name in the ARN of a secret (without its random suffix) or of a parameter."""
    if resource.startswith("parameter"):
        return resource.removeprefix("parameter")
    name = resource.removeprefix("secret:").partition(":")[0]
    return name[:-7] if len(name) > 7 and name[-7] == "-" else name


def tail(text: str) -> str:
    """Return the name at the end of an ARN or path."""
    return text if isinstance(text, Own) else text.rpartition("/")[2]


for _module in ("ecs", "load_balancing", "compute", "identity", "data", "events", "scaling"):
    import_module(f"{__name__}.{_module}")

"""What differs between two documents of a service, one line for each place."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ecsdash.operations.plan import Change
from services.documents.service.document import PLAIN_NAMES, member_names

_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: Lists whose entries have a name, and the members that are it.
_NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "loadBalancers": ("targetGroupArn", "loadBalancerName"),
    "serviceRegistries": ("registryArn",),
    "volumeConfigurations": ("name",),
    "services": ("portName",),
    "capacityProviderStrategy": ("capacityProvider",),
    "tags": ("key",),
    "vpcLatticeConfigurations": ("targetGroupArn",),
}


def changes_in_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the changes, addressed as in the document: `networkConfiguration.awsvpcConfiguration.subnets`. Members of
    the service have their plain names at the start of the path."""
    names = [name for name in member_names() if before.get(name) != after.get(name)]
    return tuple(change for name in names for change in _changes(plain(name), name, before.get(name), after.get(name)))


def plain(member: str) -> str:
    """Return the words of a member: `Service Connect`, `task definition`."""
    return PLAIN_NAMES.get(member) or _WORDS.sub(" ", member).lower()


def _changes(path: str, member: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, Mapping | None) and isinstance(after, Mapping | None) and (before or after):
        one, other = before or {}, after or {}
        for name in dict.fromkeys((*other, *one)):
            yield from _changes(f"{path}.{name}", name, one.get(name), other.get(name))
    elif member in _NAMED and isinstance(before or [], list) and isinstance(after or [], list):
        one, other = _by_name(member, before or []), _by_name(member, after or [])
        for name in dict.fromkeys((*other, *one)):
            yield from _changes(f"{path}.{name}", "", one.get(name), other.get(name))
    else:
        yield Change(path, before, after)


def _by_name(member: str, entries: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the entries by their names; two of one name by their number too."""
    found: dict[str, Any] = {}
    for entry in entries:
        name = next((str(entry[key]) for key in _NAMED[member] if entry.get(key)), "?").rpartition(":")[2]
        found[name if name not in found else f"{name} ({len(found) + 1})"] = entry
    return found

"""Hidden values in the description of an inventory row: all of them, one, or those of one container."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ecsdash.inventory.models import Resource
from ecsdash.masking import fingerprint, hidden_values

#: Segments of the JSON pointer of a container: /containerDefinitions/web, /overrides/containerOverrides/web.
CONTAINERS = {"containerDefinitions": 2, "overrides": 3, "volumes": 2}


@dataclass(frozen=True)
class HiddenValue:
    """A value and its JSON pointer in the description. `owner` is the pointer of its container or volume."""

    place: str
    value: Any

    @property
    def owner(self) -> str:
        names = self.place.split("/")
        return "/".join(names[: CONTAINERS.get(names[1], 1) + 1])

    @property
    def owner_name(self) -> str:
        return _plain(self.owner.rpartition("/")[2])

    @property
    def name(self) -> str:
        """Return what a page calls it: "environment STAGE", "command"."""
        return " ".join(map(_plain, self.place.removeprefix(self.owner).strip("/").split("/")))

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.value)


def all_values(row: Resource) -> Iterator[HiddenValue]:
    return (HiddenValue(place, value) for place, value in hidden_values(row.description))


def values_at(row: Resource, place: str) -> list[HiddenValue]:
    """Return the value at the pointer, or all of one container: empty if it names neither."""
    found = [each for each in all_values(row) if each.place == place or each.place.startswith(place + "/")]
    return found if all(place.startswith(each.owner) for each in found) else []


def _plain(segment: str) -> str:
    return segment.replace("~1", "/").replace("~0", "~")

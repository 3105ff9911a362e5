"""What rules are made of: the objects of a document with their places, and violations."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from ecsdash.masking import pointer
from ecsdash.web.forms.document.findings import FindingLevel
from ecsdash.web.forms.document.violations import LONGEST_NAME, Violation, listed

__all__ = [
    "FARGATE_PROVIDERS", "LONGEST_NAME", "MOST_ENTRIES", "Check", "Launch", "Part", "Rule", "Violation", "listed",
    "name_of", "of_containers", "of_each", "outside",
]  # fmt: skip

#: Entries of one list that rules look at. No document that AWS takes has as many.
MOST_ENTRIES: Final = 5_000
FARGATE_PROVIDERS: Final = ("FARGATE", "FARGATE_SPOT")


@dataclass(frozen=True)
class Part:
    """One object of a document and its place. Its members have the types of the model; null ones are missing."""

    pointer: str
    members: Mapping[str, Any]

    def get(self, member: str, default: Any = None) -> Any:
        return self.members.get(member, default)

    def has(self, member: str) -> bool:
        return member in self.members

    def at(self, *names: str | int) -> str:
        """Return the place of something below this object."""
        return self.pointer + pointer(*map(str, names))

    def part(self, member: str) -> "Part":
        """Return the object that is a member; an empty one if it is missing."""
        return Part(self.at(member), self.members.get(member, {}))

    def parts(self, member: str) -> "list[Part]":
        """Return the objects in the list that is a member."""
        return [Part(place, each) for place, each in self.entries(member)]

    def entries(self, member: str) -> Iterator[tuple[str, Any]]:
        """Yield the place and the value of each entry of the list that is a member."""
        for number, each in enumerate(islice(self.members.get(member, ()), MOST_ENTRIES)):
            yield self.at(member, number), each


@dataclass(frozen=True)
class Launch(Part):
    """Parameters that start tasks. `definition` is their task definition, None if it is not known.

    `creates` is false where missing members keep their values: UpdateService. `planned` is the number of target groups
    that are made and added to those of the document.
    """

    definition: Part | None = None
    creates: bool = True
    planned: int = 0

    def starts_fargate(self) -> bool:
        """Return whether the tasks certainly run on Fargate."""
        providers = [each.get("capacityProvider", "") for each in self.parts("capacityProviderStrategy")]
        return self.get("launchType") == "FARGATE" or any(each in FARGATE_PROVIDERS for each in providers)


Whole = TypeVar("Whole", bound=Part, contravariant=True)
Check = Callable[[Part], Iterable[Violation]]


@dataclass(frozen=True)
class Rule(Generic[Whole]):
    """A rule about a whole document. `source` names the page of the AWS documentation that states it."""

    name: str
    level: FindingLevel
    source: str
    check: Callable[[Whole], Iterable[Violation]]


def of_each(member: str, check: Callable[[Part, Part], Iterable[Violation]]) -> Check:
    """Return the check of a document that checks each object in one of its lists: `check(document, object)`."""

    def whole(document: Part) -> Iterator[Violation]:
        for part in document.parts(member):
            yield from check(document, part)

    return whole


def of_containers(check: Callable[[Part, Part], Iterable[Violation]]) -> Check:
    return of_each("containerDefinitions", check)


def name_of(part: Part, member: str = "name") -> str:
    """Return the name of an object for messages, cut if it is long."""
    name = str(part.get(member) or "")
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def outside(part: Part, member: str, least: int | None, most: int | None, unit: str = "") -> Iterator[Violation]:
    """Yield a violation if a number is out of its range."""
    value = part.get(member)
    if value is None or ((least is None or value >= least) and (most is None or value <= most)):
        return
    units = f" {unit}" if unit else ""
    limits = f"{least} to {most}{units}" if None not in (least, most) else f"{least}{units} or more"
    yield Violation(part.at(member), f"{value} is out of range", "", f"Enter {limits}.")

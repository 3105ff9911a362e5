"""Documents in the JSON of the ECS API: input of its calls, their answers, and files of ecspresso."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.pointers import below
from services.documents import described
from services.documents.kinds import Document, DocumentKind
from services.documents.reading.source import SUPPORTED
from services.documents.readings import Reading, Unreadable

TASK_DEFINITIONS: Final = frozenset({"family", "containerDefinitions", "taskDefinitionArn"})
SERVICES: Final = frozenset({
    "serviceName", "serviceArn", "desiredCount", "loadBalancers", "deploymentConfiguration", "networkConfiguration",
    "serviceConnectConfiguration", "capacityProviderStrategy", "schedulingStrategy",
})  # fmt: skip
ECSPRESSO: Final = frozenset({"task_definition", "service_definition"})
MOST_DOCUMENTS: Final = 50


@dataclass(frozen=True)
class Described:
    """A document as the text has it, and its pointer there."""

    kind: DocumentKind
    content: Mapping[str, Any]
    pointer: str


def read(value: Any) -> Reading:
    """Return the documents in a parsed text. Raise Unreadable if there are none."""
    found = list(_documents(value))[: MOST_DOCUMENTS + 1]
    if not found:
        raise _unknown(value)
    if len(found) > MOST_DOCUMENTS:
        raise Unreadable(f"The text has more than {MOST_DOCUMENTS} documents.", how="Paste them in parts.")
    documents = tuple(_document(each) for each in found)
    notes = tuple(note for each in found for note in _notes(each))
    return Reading("JSON of the ECS API", documents, notes, source=value)


def _documents(value: Any, pointer: str = "") -> Iterator[Described]:
    if isinstance(value, list):
        yield from _in_list(value, pointer)
    elif isinstance(value, Mapping):
        if isinstance(value.get("taskDefinition"), Mapping):
            tags = {"tags": value["tags"]} if value.get("tags") else {}
            yield Described(
                DocumentKind.TASK_DEFINITION, {**value["taskDefinition"], **tags}, below(pointer, "taskDefinition")
            )
        elif isinstance(value.get("service"), Mapping):
            yield Described(DocumentKind.SERVICE, value["service"], below(pointer, "service"))
        elif isinstance(value.get("services"), list):
            yield from _in_list(value["services"], below(pointer, "services"))
        elif TASK_DEFINITIONS & value.keys():
            yield Described(DocumentKind.TASK_DEFINITION, value, pointer)
        elif SERVICES & value.keys():
            yield Described(DocumentKind.SERVICE, value, pointer)


def _in_list(entries: list[Any], pointer: str) -> Iterator[Described]:
    """Yield the documents of a list; a list of containers is one task definition."""
    if not entries or not all(isinstance(each, Mapping) for each in entries):
        return
    if all("image" in each or {"name", "essential"} <= each.keys() for each in entries):
        yield Described(DocumentKind.TASK_DEFINITION, {"containerDefinitions": entries}, pointer)
        return
    for number, each in enumerate(entries):
        yield from _documents(each, below(pointer, number))


def _document(found: Described) -> Document:
    if found.kind is DocumentKind.SERVICE:
        return described.service_of(found.content)
    return described.task_definition_of(found.content)


def _notes(found: Described) -> Iterator[Finding]:
    """Yield what was left out: members that ECS sets, and members without a value."""
    own = described.READ_ONLY[found.kind] & found.content.keys()
    if own:
        yield Finding(
            found.pointer,
            FindingLevel.OK,
            f"{_members(len(own), '')} left out: {', '.join(sorted(own))}.",
            "ECS sets them and does not accept them.",
        )
    empty = list(_empty({name: value for name, value in found.content.items() if name not in own}, found.pointer))
    if empty:
        yield Finding(
            empty[0],
            FindingLevel.OK,
            f"{_members(len(empty), ' without a value')} left out.",
            "For ECS, null, [] and {} are the same as no value.",
        )
    if found.kind is DocumentKind.TASK_DEFINITION and not found.content.get("family"):
        yield Finding(
            found.pointer,
            FindingLevel.WARN,
            "The task definition has no family.",
            "The text has container definitions only." if "containerDefinitions" in found.content else "",
            "Enter the family in the form.",
        )


def _members(count: int, which: str) -> str:
    return f"1 member{which} was" if count == 1 else f"{count} members{which} were"


def _empty(value: Any, pointer: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            if member is None or member in ([], {}):
                yield below(pointer, name)
            else:
                yield from _empty(member, below(pointer, name))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _empty(entry, below(pointer, number))


def _unknown(value: Any) -> Unreadable:
    if isinstance(value, Mapping) and ECSPRESSO & value.keys():
        named = ", ".join(str(value[name]) for name in sorted(ECSPRESSO & value.keys(), reverse=True))
        return Unreadable(
            "This is the configuration of ecspresso, not a document of ECS.",
            how=f"Paste the files that it names: {named}.",
        )
    return Unreadable("The text has no task definition, no service and no Compose services.", how=SUPPORTED)

"""Documents in CloudFormation templates: PascalCase properties become members of the API by botocore's model."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ecsdash.aws.shapes import Shape
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.pointers import below
from services.documents.described import present
from services.documents.kinds import Document, DocumentKind
from services.documents.reading.intrinsics import TASK_DEFINITION, Resolver
from services.documents.readings import Options, Reading, Unreadable

KINDS: Final = {TASK_DEFINITION: DocumentKind.TASK_DEFINITION, "AWS::ECS::Service": DocumentKind.SERVICE}
#: Properties that are called otherwise in the API, in lower case.
RENAMED: Final = {"placementstrategies": "placementStrategy", "proxyconfigurationproperties": "properties"}
NUMBERS: Final = ("integer", "long")
FORMAT: Final = "CloudFormation"


def is_template(value: Any) -> bool:
    return isinstance(value, Mapping) and (
        isinstance(value.get("Resources"), Mapping) or value.get("Type") in KINDS or "ContainerDefinitions" in value
    )


def read(value: Mapping[str, Any], options: Options) -> Reading:
    """Return the task definitions and services of a template, a resource, or its properties. Raise Unreadable."""
    resources = dict(_resources(value))
    resolver = Resolver(value, options)
    documents, notes = [], []
    for pointer, resource in resources.items():
        kind = KINDS[str(resource["Type"])]
        properties = resolver.resolve(resource.get("Properties") or {}, pointer)
        recased = _Recased()
        content = present(recased.value(properties, kind.members, pointer))
        documents.append(Document(kind, content if isinstance(content, dict) else {}))
        notes += recased.notes
    if not documents:
        raise Unreadable("The template has no AWS::ECS::TaskDefinition and no AWS::ECS::Service.")
    notes = [*notes, *resolver.notes, *_others(value)]
    return Reading(FORMAT, tuple(documents), tuple(notes), tuple(resolver.asked.values()), value)


def _resources(value: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the pointer of the properties of each ECS resource, and the resource."""
    if value.get("Type") in KINDS:
        yield "/Properties", value
    elif "ContainerDefinitions" in value:
        yield "", {"Type": TASK_DEFINITION, "Properties": value}
    for name, resource in _mapping(value.get("Resources")).items():
        if isinstance(resource, Mapping) and resource.get("Type") in KINDS:
            yield below("", "Resources", name, "Properties"), resource


def _others(value: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a note on the resources that are not read."""
    kinds = [each.get("Type") for each in _mapping(value.get("Resources")).values() if isinstance(each, Mapping)]
    others = sorted({str(kind) for kind in kinds if kind not in KINDS})
    if others:
        why = "Only task definitions and services are read."
        yield Finding("/Resources", FindingLevel.WARN, f"Left out: {', '.join(others)}.", why)


class _Recased:
    """Renames properties, and turns texts into the numbers and booleans that the API has."""

    def __init__(self) -> None:
        self.notes: list[Finding] = []

    def value(self, value: Any, member: Shape | None, pointer: str) -> Any:
        if member is None:
            return value
        if isinstance(value, Mapping):
            if member.kind != "structure":
                return {name: self.value(each, member.entry, below(pointer, name)) for name, each in value.items()}
            return dict(self._members(value, member, pointer))
        if isinstance(value, list):
            return [self.value(each, member.entry, below(pointer, n)) for n, each in enumerate(value)]
        return _typed(value, member.kind)

    def _members(self, value: Mapping[str, Any], member: Shape, pointer: str) -> Iterator[tuple[str, Any]]:
        known = {name.lower(): name for name in member.members}
        for name, each in value.items():
            lower = RENAMED.get(name.lower(), name).lower()
            own = known.get(lower)
            if own is None:
                what = f"ECS has no member {name}. It is kept as it is."
                self.notes.append(Finding(below(pointer, name), FindingLevel.WARN, what, how="Remove or rename it."))
            yield own or name, self.value(each, member.members.get(own or ""), below(pointer, name))


def _typed(value: Any, kind: str) -> Any:
    """Return the value in the type of the API. CloudFormation accepts texts, numbers and booleans for each other."""
    if kind in NUMBERS and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    if kind == "boolean" and isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if kind == "string" and isinstance(value, bool):
        return str(value).lower()
    if kind == "string" and isinstance(value, int | float):
        return str(value)
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

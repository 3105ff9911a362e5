"""Log group and region of awslogs containers that name none: filled in when the person asks for it."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.findings import Finding, FindingLevel

GROUP, REGION = "awslogs-group", "awslogs-region"
OPTIONS: Final = ("logConfiguration", "options")


def defaults(document: Mapping[str, Any], region: str) -> Iterator[tuple[str, str]]:
    """Yield the pointer and the value of every option that an awslogs container lacks."""
    containers = document.get("containerDefinitions")
    for position, container in enumerate(containers if isinstance(containers, list) else ()):
        place = pointers.join("containerDefinitions", position)
        if pointers.value_at(container, pointers.join("logConfiguration", "logDriver")) != "awslogs":
            continue
        for option, value in ((GROUP, f"/ecs/{document.get('family', '')}"), (REGION, region)):
            if not pointers.value_at(container, pointers.join(*OPTIONS, option)):
                yield place + pointers.join(*OPTIONS, option), value


def filled(document: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Return the document with the options that awslogs containers lack."""
    found = copy.deepcopy(dict(document))
    for pointer, value in defaults(document, region):
        try:
            pointers.put(found, pointer, value)
        except pointers.NotWritableError:
            continue  # the validation refuses what is there
    return found


def notes(document: Mapping[str, Any], region: str) -> list[Finding]:
    """Return a note at each option that will be filled in."""
    return [
        Finding(pointer, FindingLevel.OK, f"Filled in on review: {value}")
        for pointer, value in defaults(document, region)
    ]

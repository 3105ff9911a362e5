"""Rules about the order in which containers start."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Final

from services.documents.findings.parts import Part, Violation, listed, name_of

ENDED: Final = ("COMPLETE", "SUCCESS")


def dependencies(definition: Part) -> Iterator[Violation]:
    by_name = {each.get("name"): each for each in definition.parts("containerDefinitions")}
    for container in definition.parts("containerDefinitions"):
        for each in container.parts("dependsOn"):
            other = by_name.get(each.get("containerName"))
            if other is None or other.pointer == container.pointer:
                what = f"The container {name_of(each, 'containerName')} does not exist"
                how = "Enter the name of another container."
                yield Violation(each.at("containerName"), what, "", how)
            else:
                yield from _condition(each, other)


def _condition(dependency: Part, other: Part) -> Iterator[Violation]:
    condition, name = dependency.get("condition"), name_of(other)
    if condition == "HEALTHY" and not other.get("healthCheck"):
        yield Violation(
            dependency.at("condition"),
            f"{name} has no health check, so it never becomes healthy",
            "",
            "Add a health check to it.",
        )
    elif condition in ENDED and other.get("essential", True):
        yield Violation(
            dependency.at("condition"),
            f"{name} is essential: the task stops when it exits",
            "",
            "Make it non-essential to wait for its exit.",
        )


def cycles(definition: Part) -> Iterator[Violation]:
    """Yield a violation if containers depend on each other in a cycle."""
    containers = {str(each.get("name")): each for each in definition.parts("containerDefinitions")}
    waits = {
        name: {str(other.get("containerName")) for other in each.parts("dependsOn")} - {name}
        for name, each in containers.items()
    }
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        names = list(dict.fromkeys(error.args[1]))
        first = next(each for name, each in containers.items() if name in names)
        yield Violation(
            first.at("dependsOn"),
            f"{listed(names)} depend on each other, so none of them can start",
            "",
            "Remove a dependency.",
        )

"""Task definitions and the services that run them, as one text: what an import hands to the form that creates all."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ecsdash.web import parsing
from ecsdash.web.forms.document.pointers import value_at
from services.documents.kinds import Document, DocumentKind

MOST: Final = 50


@dataclass(frozen=True)
class LaunchSet:
    """Parameters of RegisterTaskDefinition and CreateService. Every service names the family of one definition."""

    definitions: tuple[dict[str, Any], ...]
    services: tuple[dict[str, Any], ...]

    def definition_of(self, service: Mapping[str, Any]) -> int:
        """Return the number of the definition that the service runs."""
        return [each["family"] for each in self.definitions].index(family_of(service))

    @property
    def connected(self) -> bool:
        """Whether a service uses Service Connect in a namespace that it does not name."""
        return any(needs_namespace(each) for each in self.services)

    @property
    def text(self) -> str:
        return json.dumps({"definitions": self.definitions, "services": self.services}, ensure_ascii=False)


def launch_set(documents: Iterable[Document]) -> LaunchSet | None:
    """Return the documents as a set; None unless there are services, and a definition for each of them."""
    found = list(documents)
    definitions = [each.content for each in found if each.kind is DocumentKind.TASK_DEFINITION]
    services = [
        {name: value for name, value in each.content.items() if name != "cluster"}
        for each in found
        if each.kind is DocumentKind.SERVICE
    ]
    return _checked(definitions, services)


def read_launch_set(text: str) -> LaunchSet | None:
    """Return the set of a text that `LaunchSet.text` wrote; None for any other text."""
    try:
        value = parsing.json_value(text)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    return _checked(value.get("definitions"), value.get("services"))


def family_of(service: Mapping[str, Any]) -> str:
    """Return the family that a service names by its ARN, its revision or its name."""
    return str(service.get("taskDefinition") or "").rpartition("/")[2].partition(":")[0]


def needs_namespace(service: Mapping[str, Any]) -> bool:
    connect = service.get("serviceConnectConfiguration")
    return isinstance(connect, dict) and bool(connect.get("enabled")) and not connect.get("namespace")


def images_of(definition: Mapping[str, Any]) -> list[str]:
    containers = definition.get("containerDefinitions")
    listed = containers if isinstance(containers, list) else []
    return [str(each.get("image", "")) for each in listed if isinstance(each, dict)]


def names_in_namespace(service: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names by which other services of the namespace reach a service: "db:3306"."""
    served = value_at(service, "/serviceConnectConfiguration/services")
    for each in served if isinstance(served, list) else ():
        aliases = value_at(each, "/clientAliases")
        for alias in aliases if isinstance(aliases, list) else ():
            if isinstance(alias, dict):
                yield f"{alias.get('dnsName') or each.get('discoveryName', '')}:{alias.get('port', '')}"


def _checked(definitions: Any, services: Any) -> LaunchSet | None:
    if not (_is_list(definitions) and _is_list(services)):
        return None
    families = [each.get("family") for each in definitions]
    names = [each.get("serviceName") for each in services]
    distinct = all(isinstance(name, str) and name for name in (*families, *names)) and (
        len(set(families)) == len(families) and len(set(names)) == len(names)
    )
    if not distinct or any(family_of(each) not in families for each in services):
        return None
    return LaunchSet(tuple(definitions), tuple(services))


def _is_list(value: Any) -> bool:
    """Return whether the value is a list of objects, neither empty nor long."""
    return isinstance(value, list) and 0 < len(value) <= MOST and all(isinstance(each, dict) for each in value)

"""Service Connect: services of a Compose file reach each other by the names that they have in the file."""

from collections.abc import Mapping
from typing import Any

from ecsdash.web.forms.document.pointers import below
from services.documents.compose.container import Container
from services.documents.compose.ports import usual_port
from services.documents.compose.report import Report


def service_connect(container: Container, report: Report) -> dict[str, Any]:
    """Return the configuration: the service is a client, and a server of its named ports."""
    ports = [each for each in container.definition.get("portMappings", []) if each.get("name")]
    services = [
        {
            "portName": port["name"],
            "discoveryName": port["name"],
            "clientAliases": [{"port": port["containerPort"], "dnsName": container.service}],
        }
        for port in ports
        if port["protocol"] == "tcp"
    ]
    if container.settings.get("networks"):
        report.changed(
            below(container.at, "networks"),
            "The networks were left out.",
            "All services of a Service Connect namespace can reach each other.",
            "Separate them by their security groups.",
        )
    for name in _aliases(container):
        report.impossible(
            below(container.at, "networks"),
            f"The alias {name} was left out.",
            "In Service Connect a port has one name.",
            f"Use the name {container.service}.",
        )
    if not services:
        return {"enabled": True}
    reached = ", ".join(f"{container.service}:{port['containerPort']}" for port in ports if port["protocol"] == "tcp")
    report.carried(container.at, f"Other services reach it at {reached}")
    return {"enabled": True, "services": services}


def add_usual_port(container: Container, report: Report) -> None:
    """Add the port of a known image if the file names none: only a port makes a service reachable by its name."""
    if container.definition.get("portMappings"):
        return
    mapping = usual_port(container.service, container.definition["image"])
    if mapping:
        container.definition["portMappings"] = [mapping]
        report.changed(
            container.at,
            f"Port {mapping['containerPort']} was added.",
            "It is the usual port of the image. Service Connect needs the ports of a service.",
            "Name the port under expose if it is another one.",
        )


def _aliases(container: Container) -> list[str]:
    """Return the further names that the service has in its networks."""
    networks = container.settings.get("networks")
    found: dict[str, None] = {}
    for settings in networks.values() if isinstance(networks, Mapping) else []:
        aliases = settings.get("aliases") if isinstance(settings, Mapping) else None
        for name in aliases if isinstance(aliases, list) else []:
            found[str(name)] = None
    found.pop(container.service, None)
    return list(found)

"""Service Connect: services of a Compose file reach each other by the names that they have in the file."""

from collections.abc import Mapping
from typing import Any

from services.documents.compose.container import Container
from services.documents.compose.report import Report
from services.documents.pointers import below


def service_connect(container: Container, report: Report) -> dict[str, Any]:
    """Return the configuration: the service is a client, and a server of its named ports."""
    ports = [each for each in container.definition.get("portMappings", []) if each.get("name")]
    names = [container.service, *_aliases(container)]
    services = [
        {
            "portName": port["name"],
            "discoveryName": port["name"],
            "clientAliases": [{"port": port["containerPort"], "dnsName": name} for name in names],
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
    if not services:
        return {"enabled": True}
    reached = ", ".join(f"{name}:{each['port']}" for each in _first_aliases(services) for name in [each["dnsName"]])
    report.carried(container.at, f"Other services reach it at {reached}")
    return {"enabled": True, "services": services}


def _first_aliases(services: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each["clientAliases"][0] for each in services]


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

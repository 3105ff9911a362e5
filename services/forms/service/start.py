"""The document that a form begins with, and what a new service leaves out of it."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import QueryDict

from clusters.forms.network import preselected
from ecsdash.operations.actions import ActionContext
from services.documents.service import document_of
from services.models import Service, TaskDefinition

#: What a new service starts with: the deployments of ECS's own console.
DEPLOYMENTS: Final[Mapping[str, Any]] = {
    "strategy": "ROLLING",
    "minimumHealthyPercent": 100,
    "maximumPercent": 200,
    "deploymentCircuitBreaker": {"enable": True, "rollback": True},
}
PERCENTS: Final = ("minimumHealthyPercent", "maximumPercent")


def new_document(context: ActionContext, cluster: str, definition: TaskDefinition | None, named: str) -> dict[str, Any]:
    """Return a small Fargate service of this task definition in the network that was used last."""
    chosen = preselected(context, cluster)
    network = {
        "subnets": chosen["subnets"],
        **({"securityGroups": chosen["security_groups"]} if chosen["security_groups"] else {}),
        "assignPublicIp": "ENABLED",
    }
    fargate = definition is None or "FARGATE" in definition.requires_compatibilities
    return {
        "serviceName": "",
        "taskDefinition": named,
        "desiredCount": 1,
        "launchType": "FARGATE" if fargate else "EC2",
        "schedulingStrategy": "REPLICA",
        "deploymentConfiguration": dict(DEPLOYMENTS),
        "networkConfiguration": {"awsvpcConfiguration": network},
        "enableECSManagedTags": True,
        "propagateTags": "SERVICE",
    }


def remember_network(data: QueryDict, document: Mapping[str, Any]) -> None:
    """Write the network of the document into the posted data, under the names by which `preselected` finds the last
    one."""
    network = document.get("networkConfiguration")
    chosen = network.get("awsvpcConfiguration") if isinstance(network, Mapping) else None
    for name, member in (("subnets", "subnets"), ("security_groups", "securityGroups")):
        listed = chosen.get(member) if isinstance(chosen, Mapping) else None
        data.setlist(name, [str(each) for each in listed] if isinstance(listed, list) else [])


def present_document(service: Service) -> dict[str, Any]:
    return document_of(service.description, service.tags)


def fitted(document: Mapping[str, Any], definition: TaskDefinition) -> tuple[dict[str, Any], list[str]]:
    """Return the document without what the form fills in and ECS refuses for this definition and compute, and what was
    left out, in words."""
    found, left_out = dict(document), list[str]()
    if definition.network_mode != "awsvpc" and found.pop("networkConfiguration", None):
        left_out.append(f"networking ({definition.name} uses the network mode {definition.network_mode or 'bridge'})")
    if found.get("launchType") in ("EC2", "EXTERNAL"):
        network = found.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        if network.get("assignPublicIp") == "ENABLED":
            kept = {name: value for name, value in network.items() if name != "assignPublicIp"}
            found["networkConfiguration"] = {"awsvpcConfiguration": kept}
            left_out.append("the public IP address (only Fargate assigns one)")
    if found.get("schedulingStrategy") == "DAEMON":
        if found.pop("desiredCount", None) is not None:
            left_out.append("the desired tasks (a daemon runs one on each container instance)")
        configuration = found.get("deploymentConfiguration", {})
        if all(configuration.get(name) == DEPLOYMENTS[name] for name in PERCENTS):
            found["deploymentConfiguration"] = {
                name: value for name, value in configuration.items() if name not in PERCENTS
            }
    return found, left_out

"""What is wrong with a service: by AWS's model, and by what the inventory knows of the things that it names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clusters.models import Cluster, SecurityGroup, Subnet
from clusters.selectors.clusters import clusters
from ecsdash.aws.shapes import input_shape
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from services.documents.findings import model
from services.documents.service import Update, update_of
from services.models import Service, TaskDefinition

CREATE: Final = "ecs.create_service"
NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,255}\Z")
SUBNETS: Final = "/networkConfiguration/awsvpcConfiguration/subnets"
GROUPS: Final = "/networkConfiguration/awsvpcConfiguration/securityGroups"
GRACE: Final = "/healthCheckGracePeriodSeconds"
MOST_SUBNETS, MOST_GROUPS = 16, 5


@dataclass(frozen=True)
class Known:
    """What the form knows beside the document. `before`: the document of a service that exists; `balanced`: the form
    adds a target group."""

    context: ActionContext
    cluster: str
    definition: TaskDefinition | None
    before: Mapping[str, Any] | None = None
    balanced: bool = False


def service_findings(document: Mapping[str, Any], known: Known) -> list[Finding]:
    """Return what refuses the document. The inventory is asked once the model accepts it."""
    violations = model.read(document, input_shape(CREATE)).violations
    by_model = [Finding(each.pointer, FindingLevel.BLOCK, each.what, each.why, each.how) for each in violations]
    return by_model or [*_own(document, known), *_elsewhere(document, known)]


def _own(document: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    yield from _name(document, known)
    yield from _definition(document, known)
    yield from _capacity(document, known)
    yield from _network(document, known)
    yield from _balancers(document, known)
    weighed = document.get("loadBalancers") or document.get("vpcLatticeConfigurations") or known.balanced
    if document.get("healthCheckGracePeriodSeconds") and not weighed:
        yield _block(GRACE, "The grace period requires a load balancer.", "Leave the field empty.")


def _name(document: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    name = document.get("serviceName", "")
    if not NAME.match(name):
        yield _block("/serviceName", "Use letters, digits, hyphens and underscores only." if name else "Enter a name.")
    elif not known.before or known.before.get("serviceName") != name:
        scope = known.context.scope
        rows = Service.objects.in_scope(scope.account, scope.region).present().exclude(status="INACTIVE")
        if rows.filter(cluster_name=known.cluster, name=name).exists():
            yield _block("/serviceName", "The cluster already has a service of this name.", "Enter another name.")


def _definition(document: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    name = document.get("taskDefinition", "")
    if not name:
        yield _block("/taskDefinition", "Choose a task definition.")
    elif known.definition is None:
        what = f"{name} does not exist in {known.context.scope}, or you may not view it."
        yield _block("/taskDefinition", what, "Choose from the list.")


def _capacity(document: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    strategy = document.get("capacityProviderStrategy", [])
    if strategy and document.get("launchType"):
        what = "A service has a launch type or a capacity provider strategy, not both."
        yield _block("/launchType", what, "Choose “Not set”, or remove the capacity providers.")
    fargate = document.get("launchType") == "FARGATE" or any(_of_fargate(each) for each in strategy)
    if document.get("schedulingStrategy") == "DAEMON" and fargate:
        what = "Daemon services require container instances."
        yield _block("/schedulingStrategy", what, "Choose Replica, or EC2.")
    if document.get("schedulingStrategy", "REPLICA") == "REPLICA" and "desiredCount" not in document:
        yield _block("/desiredCount", "Enter the number of tasks.")
    row: Cluster | None = clusters(known.context.user, known.context.scope).filter(name=known.cluster).first()
    has = row.capacity_providers if row else []
    for number, each in enumerate(strategy):
        if (name := each["capacityProvider"]) not in has:
            what = f"The cluster {known.cluster} does not have the capacity provider {name}."
            listed = f"It has {', '.join(has)}." if has else "It has none."
            yield _block(f"/capacityProviderStrategy/{number}/capacityProvider", f"{what} {listed}",
                         "Choose one of the cluster, or add this one to the cluster first.")  # fmt: skip


def _network(document: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    network = document.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    subnets, groups = network.get("subnets", []), network.get("securityGroups", [])
    definition = known.definition
    if definition is not None and definition.network_mode == "awsvpc" and not subnets:
        yield _block(SUBNETS, f"Choose at least one subnet: {definition.name} uses the network mode awsvpc.")
    for pointer, listed, most in ((SUBNETS, subnets, MOST_SUBNETS), (GROUPS, groups, MOST_GROUPS)):
        if len(listed) > most:
            yield _block(pointer, f"ECS allows at most {most}.", "Select fewer.")
    rows = _rows(known, Subnet, subnets)
    vpcs = {row.vpc_id for row in rows}
    if len(vpcs) > 1:
        yield _block(SUBNETS, "The subnets are in different VPCs.", "Select subnets of one VPC.")
    others = [row.title for row in _rows(known, SecurityGroup, groups) if row.vpc_id not in vpcs]
    if len(vpcs) == 1 and others:
        what = f"These security groups are not in the VPC of the subnets: {', '.join(others)}."
        yield _block(GROUPS, what, "Remove them.")
    for pointer, kind, listed in ((SUBNETS, Subnet, subnets), (GROUPS, SecurityGroup, groups)):
        yield from _unknown(known, pointer, kind, listed)


def _unknown(known: Known, pointer: str, kind: type[Any], names: Sequence[str]) -> Iterator[Finding]:
    """Yield a finding for each thing that the region does not have. What the service has already may stay."""
    present = str((known.before or {}).get("networkConfiguration", {}))
    found = {row.name for row in _rows(known, kind, names)}
    for name in names:
        if name not in found and name not in present:
            noun = kind.NOUN.replace("_", " ")
            yield _block(
                pointer, f"The {noun} {name} does not exist in {known.context.scope}.", "Choose from the list."
            )


def _balancers(document: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    if known.definition is None:
        return
    containers = known.definition.description.get("containerDefinitions", [])
    ports = {(each["name"], port.get("containerPort")) for each in containers for port in each.get("portMappings", [])}
    named = ", ".join(f"{name}:{port}" for name, port in sorted(ports, key=str))
    for number, each in enumerate(document.get("loadBalancers", [])):
        if not each.get("targetGroupArn") and not each.get("loadBalancerName"):
            yield _block(f"/loadBalancers/{number}/targetGroupArn", "Choose the target group.")
        if (each.get("containerName"), each.get("containerPort")) not in ports:
            what = f"{known.definition.name} has no such port. It has {named or 'none'}."
            yield _block(f"/loadBalancers/{number}/containerPort", what, "Enter one of these.")


def _elsewhere(document: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    """Yield what neither an update nor a new service can change: another tool deploys the service."""
    update = update_of(known.before, document) if known.before else Update()
    for each in update.unchangeable:
        if not each.replaceable:
            yield _block(f"/{each.member}", each.reason)


def _rows(known: Known, kind: type[Any], names: Sequence[str]) -> list[Any]:
    if not names:
        return []
    return list(choices(kind, known.context.user, known.context.scope).filter(name__in=names))


def _of_fargate(item: Mapping[str, Any]) -> bool:
    return str(item.get("capacityProvider", "")).startswith("FARGATE")


def _block(pointer: str, what: str, how: str = "") -> Finding:
    return Finding(pointer, FindingLevel.BLOCK, what, "", how)

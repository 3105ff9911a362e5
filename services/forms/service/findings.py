"""What is wrong with a service: by the rules of ECS, and by what the inventory knows of the things that it names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clusters.models import Cluster, SecurityGroup, Subnet
from clusters.selectors.clusters import clusters
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.offers import permitted
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from services.documents import findings
from services.documents.service import Update, update_of
from services.forms.definitions import offered_definitions
from services.forms.service.unknown import unknown_things
from services.models import Service, TaskDefinition

SUBNETS: Final = "/networkConfiguration/awsvpcConfiguration/subnets"
GROUPS: Final = "/networkConfiguration/awsvpcConfiguration/securityGroups"


@dataclass(frozen=True)
class Known:
    """What the form knows beside the document. `before`: the document of a service that exists. `planned`: how many
    target groups are made and added to those of the document."""

    context: ActionContext
    cluster: str
    definition: TaskDefinition | None
    before: Mapping[str, Any] | None = None
    planned: int = 0


def service_findings(document: Mapping[str, Any], known: Known) -> list[Finding]:
    """Return what refuses the document, and advice. The inventory is asked once the rules accept it."""
    described = known.definition.description if known.definition else None
    by_rules = findings.service_findings(document, described, planned=known.planned)
    if any(each.level is FindingLevel.BLOCK for each in by_rules):
        return by_rules
    document = findings.by_model(document, findings.CREATE_SERVICE).usable
    return [*by_rules, *_name(document, known), *_named(document, known), *_elsewhere(document, known)]


def _named(document: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    yield from named_definition(document, known)
    yield from named_providers(document, known)
    yield from named_network(document, known)
    yield from unknown_things(document, known.before or {}, known.context)


def _name(document: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    name, scope = document.get("serviceName", ""), known.context.scope
    if known.before and known.before.get("serviceName") == name:
        return
    rows = Service.objects.in_scope(scope.account, scope.region).present().exclude(status="INACTIVE")
    if rows.filter(cluster_name=known.cluster, name=name).exists():
        yield _block("/serviceName", "The cluster already has a service of this name.", "Enter another name.")


def named_definition(document: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    """Yield a finding unless the person may use the family, or the service runs it already."""
    name = str(document.get("taskDefinition", "")).rpartition("/")[2]
    family, present = name.partition(":")[0], str((known.before or {}).get("taskDefinition", "")).partition(":")[0]
    offered = {each for each, _ in offered_definitions(known.context, 1)}
    if known.definition is None or family not in {*offered, present}:
        what = f"{name} does not exist in {known.context.scope}, or you may not use this task definition."
        yield _block("/taskDefinition", what, "Choose from the list.")


def named_providers(document: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    strategy = document.get("capacityProviderStrategy", [])
    row: Cluster | None = clusters(known.context.user, known.context.scope).filter(name=known.cluster).first()
    has = row.capacity_providers if row else []
    for number, each in enumerate(strategy):
        if (name := each["capacityProvider"]) not in has:
            what = f"The cluster {known.cluster} does not have the capacity provider {name}."
            listed = f"It has {', '.join(has)}." if has else "It has none."
            yield _block(
                f"/capacityProviderStrategy/{number}/capacityProvider",
                f"{what} {listed}",
                "Choose one of the cluster, or add this one to the cluster first.",
            )


def named_network(document: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    """Yield findings for subnets and security groups of several VPCs, and for those that the region does not have."""
    network = document.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    subnets, groups = network.get("subnets", []), network.get("securityGroups", [])
    vpcs = {row.vpc_id for row in _rows(known, Subnet, subnets)}
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
    found = {row.name for row in permitted(known.context, _rows(known, kind, names))}
    for name in names:
        if name not in found and name not in present:
            noun = kind.NOUN.replace("_", " ")
            yield _block(
                pointer, f"The {noun} {name} does not exist in {known.context.scope}.", "Choose from the list."
            )


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


def _block(pointer: str, what: str, how: str = "") -> Finding:
    return Finding(pointer, FindingLevel.BLOCK, what, "", how)

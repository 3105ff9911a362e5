"""What the fields of a service offer, from the inventory: definitions, networks, target groups, roles, names."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from clusters.models import Role, SecurityGroup, Subnet
from clusters.selectors.capacity import FARGATE
from clusters.selectors.clusters import clusters
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.offers import permitted
from ecsdash.web.forms.document.rendering import Offers
from services.forms.definitions import offered_definitions
from services.models import Function, Listener, Namespace, TargetGroup, TaskDefinition
from services.selectors.load_balancers import rules_of
from services.selectors.namespaces import known_namespaces

REVISIONS_OFFERED: Final = 10
PLATFORM_VERSIONS: Final = ("LATEST", "1.4.0", "1.3.0")
PLACEMENT_FIELDS: Final = ("attribute:ecs.availability-zone", "instanceId", "cpu", "memory")
ECS: Final = "ecs.amazonaws.com"


def service_offers(context: ActionContext, cluster: str, definition: TaskDefinition | None) -> Offers:
    """Return the values by the names that the fields of the form give them."""
    subnets = permitted(context, choices(Subnet, context.user, context.scope))
    groups = permitted(context, choices(SecurityGroup, context.user, context.scope))
    several = len({row.vpc_id for row in subnets}) > 1
    return {
        "definitions": list(_definitions(context)),
        "subnets": [(row.name, _with_vpc(_subnet(row), row.vpc_id, several)) for row in subnets],
        "security-groups": [(row.name, _with_vpc(row.title, row.vpc_id, several)) for row in groups],
        "target-groups": [
            (row.arn, _group(row)) for row in permitted(context, choices(TargetGroup, context.user, context.scope))
        ],
        "listener-rules": list(_rules(context)),
        "capacity-providers": [(name, "") for name in _providers(context, cluster)],
        "platform-versions": [(name, "") for name in PLATFORM_VERSIONS],
        "placement-fields": [(name, "") for name in PLACEMENT_FIELDS],
        "infrastructure-roles": list(infrastructure_roles(context)),
        "functions": [
            (row.arn, row.name) for row in permitted(context, choices(Function, context.user, context.scope))
        ],
        "registries": list(_registries(context)),
        "namespaces": [(row.name, row.kind_words) for row in known_namespaces(context.user, context.scope)],
        **_of_definition(definition.description if definition else {}),
    }


def _definitions(context: ActionContext) -> Iterator[tuple[str, str]]:
    for family, options in offered_definitions(context, REVISIONS_OFFERED):
        yield family, f"{family} (latest at the time of the change)"
        yield from options


def _subnet(row: Subnet) -> str:
    return f"{row.title} · {row.availability_zone} · {row.cidr} · {'public' if row.public else 'private'}"


def _with_vpc(label: str, vpc: str, several: bool) -> str:
    return f"{label} · {vpc}" if several else label


def _group(row: TargetGroup) -> str:
    place = "" if row.load_balancer_arns else " · no load balancer"
    return f"{row.name} · {row.protocol}:{row.port} · {row.target_type}{place}"


def _rules(context: ActionContext) -> Iterator[tuple[str, str]]:
    """Yield the rules of listeners, and the listeners of network load balancers, which have no rules."""
    listeners = permitted(context, choices(Listener, context.user, context.scope))
    for rule in rules_of(listeners):
        yield str(rule.rule["arn"]), f"{rule.listener.label} · {rule.words}"
    for row in listeners:
        yield row.arn, row.label


def _registries(context: ActionContext) -> Iterator[tuple[str, str]]:
    """Yield the Cloud Map services with their names for clients."""
    for row in permitted(context, choices(Namespace, context.user, context.scope)):
        for each in row.registries:
            yield each["arn"], f"{each['name']}.{row.name}"


def _providers(context: ActionContext, cluster: str) -> Iterable[str]:
    row = clusters(context.user, context.scope).filter(name=cluster).first()
    return row.capacity_providers if row and row.capacity_providers else FARGATE


def infrastructure_roles(context: ActionContext) -> Iterator[tuple[str, str]]:
    """Yield the ARN and the name of each role that ECS may assume."""
    for role in permitted(context, choices(Role, context.user, context.scope)):
        if ECS in role.trusts:
            yield role.arn, role.name


def _of_definition(description: Mapping[str, Any]) -> Offers:
    containers = description.get("containerDefinitions", [])
    ports = [port for each in containers for port in each.get("portMappings", [])]
    volumes = [each for each in description.get("volumes", []) if each.get("configuredAtLaunch")]
    return {
        "containers": [(each["name"], "") for each in containers],
        "port-names": [(port["name"], f"port {port.get('containerPort', '')}") for port in ports if port.get("name")],
        "volumes": [(each["name"], "") for each in volumes],
    }

"""What the plans of creating and editing a service share: new resources that its document refers to, and checks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level, Step
from ecsdash.web.forms.document.findings import FindingLevel
from services.documents.findings import service_findings
from services.forms.service.start import present_document
from services.forms.task_definition.checks import definition_checks
from services.forms.task_definition.placement import compatibility, unresolved_hosts
from services.models import Service, TaskDefinition
from services.planning import registries, security_groups
from services.planning.load_balancing import plan as load_balancing
from services.planning.load_balancing.checks import group_checks
from services.planning.load_balancing.plan import Balancing, balancing
from services.planning.load_balancing.removal import LOAD_BALANCING_NOUNS
from services.planning.network import balancer_checks, route_checks
from services.planning.room import room_for, room_for_deployment
from services.planning.service_checks import ending_checks, percents
from services.planning.service_quotas import service_quotas

CALLS = (*security_groups.CALLS, *load_balancing.CALLS, *registries.CALLS)
#: Nouns that the form offers.
WATCHED = (
    "task_definitions", "vpcs", "subnets", "security_groups", "load_balancers", "listeners", "target_groups",
    "certificates", "capacity_providers", "namespaces", "roles", "functions", "alarms",
)  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """A document that refers to what earlier steps of the plan create."""

    document: dict[str, Any]
    steps: tuple[Step, ...]
    balancing: Balancing

    @property
    def touches(self) -> tuple[str, ...]:
        return LOAD_BALANCING_NOUNS if self.steps else ()


def prepared(context: ActionContext, data: Mapping[str, Any], owner: str) -> Prepared:
    """Return the document of the cleaned form with its new resources; `owner` is "cluster/service"."""
    balanced = balancing(context, data["balancers"], owner)
    document = registries.with_new_registry(security_groups.with_new_group(data["document"], data), data)
    if balanced.attached:
        document = {**document, "loadBalancers": [*document.get("loadBalancers", []), *balanced.attached]}
    steps = (*security_groups.group_steps(data, owner), *balanced.steps, *registries.registry_steps(data, owner))
    return Prepared(document, steps, balanced)


def document_checks(
    context: ActionContext,
    definition: TaskDefinition,
    document: Mapping[str, Any],
    cluster: str,
    *,
    service: Service | None = None,
    created: Sequence[str] = (),
    deploys: bool = True,
) -> tuple[Check, ...]:
    """Return the checks of a new deployment of the document; without `deploys`, of a change of its desired tasks."""
    configuration = document.get("deploymentConfiguration", {})
    arns = [each["targetGroupArn"] for each in document.get("loadBalancers", []) if "targetGroupArn" in each]
    placed = placement(document, cluster, service)
    connected = document.get("serviceConnectConfiguration", {}).get("enabled", False)
    return (
        *compatibility(definition, placed),
        *route_checks(context, definition, placed),
        *balancer_checks(context, definition, document),
        *_room(context, definition, document, cluster, service if deploys else None, placed["count"]),
        *_zones(definition, document),
        *(() if connected else unresolved_hosts(definition)),
        *_pace(document, configuration),
        *service_quotas(context.scope, cluster, document, new=service is None),
        *group_checks(context, [arn for arn in arns if isinstance(arn, str)], definition, service),
        *definition_checks(context, definition.description, created),
    )


def deployment_checks(
    context: ActionContext, service: Service, definition: TaskDefinition, created: Sequence[str] = ()
) -> tuple[Check, ...]:
    """Return the checks of a deployment of this task definition by the service as it is: the same for every action.
    The same plan creates the log groups `created`."""
    document = present_document(service)
    return (
        *document_checks(context, definition, document, service.cluster_name, service=service, created=created),
        *ending_checks(service, definition),
    )


def _room(
    context: ActionContext,
    definition: TaskDefinition,
    document: Mapping[str, Any],
    cluster: str,
    service: Service | None,
    more: int,
) -> Iterable[Check]:
    """Return the checks whether the tasks of a service that is deployed fit, or `more` tasks of another."""
    if service:
        found = room_for_deployment(context, service, definition, document)
    else:
        found = room_for(context, definition, document, cluster, more, f"service:{document.get('serviceName', '')}")
    return found.checks(context, Level.WARN) if found else ()


def placement(document: Mapping[str, Any], cluster: str, service: Service | None = None) -> dict[str, Any]:
    """Return the compute and network of the document as the cleaned form of run_task has them."""
    strategy = document.get("capacityProviderStrategy", [])
    network = document.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    running = service.running_count if service else 0
    return {
        "compute": "strategy" if strategy else document.get("launchType", "default"),
        "strategy": [{"provider": each["capacityProvider"]} for each in strategy],
        "subnets": network.get("subnets", []),
        "assign_public_ip": network.get("assignPublicIp") == "ENABLED",
        "cluster": cluster,
        "count": max(0, document.get("desiredCount", 1) - running),
    }


def _pace(document: Mapping[str, Any], configuration: Mapping[str, Any]) -> Iterator[Check]:
    rolling = configuration.get("strategy", "ROLLING") == "ROLLING"
    if document.get("schedulingStrategy", "REPLICA") == "REPLICA" and rolling:
        minimum, maximum = configuration.get("minimumHealthyPercent", 100), configuration.get("maximumPercent", 200)
        yield from percents(document.get("desiredCount", 0), minimum, maximum)


def _zones(definition: TaskDefinition, document: Mapping[str, Any]) -> Iterator[Check]:
    subnets = document.get("networkConfiguration", {}).get("awsvpcConfiguration", {}).get("subnets", [])
    if definition.network_mode == "awsvpc" and len(subnets) == 1:
        title, detail = "All tasks run in one subnet", "If its Availability Zone fails, the service fails."
        yield Check(Level.WARN, title, detail, "Choose subnets in two or three Availability Zones.")


def left_out(words: Sequence[str]) -> tuple[Check, ...]:
    """Return the check that says what the form filled in and the plan leaves out."""
    return (Check(Level.OK, f"Left out: {', '.join(words)}"),) if words else ()


def advice(document: Mapping[str, Any], definition: TaskDefinition) -> tuple[Check, ...]:
    """Return the advice that the form shows too, for those who confirm what others entered."""
    found = service_findings(document, definition.description)
    return tuple(Check(Level.WARN, each.what, each.why, each.how) for each in found if each.level is FindingLevel.WARN)

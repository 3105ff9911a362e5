"""Checks of the load balancer, listener, listener rule or target group of a new service."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level
from services.forms.load_balancer import EXISTING_BALANCER, EXISTING_LISTENER, NEW_BALANCER
from services.models import Listener, LoadBalancer, Service, TargetGroup, TaskDefinition
from services.planning.load_balancing.certificates import certificate_checks
from services.planning.load_balancing.quotas import quota_checks
from services.planning.load_balancing.steps import alternate_name, target_type


def new_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    """Yield the checks of resources that the plan creates."""
    names = [data["balancer_name"], *([alternate_name(data)] if data["shift"] else [])]
    for row in choices(TargetGroup, context.user, context.scope).filter(name__in=names):
        yield _taken(f"A target group named {row.name} already exists")
    if data["balancer"] == NEW_BALANCER:
        yield from _balancer_checks(context, data)
    if data["balancer"] == EXISTING_BALANCER:
        yield from _port_checks(context, data)
    if data["balancer"] == EXISTING_LISTENER:
        yield from _rule_checks(context, data)
    yield from certificate_checks(context, data)
    yield from quota_checks(context, data)


def _balancer_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    name = data["balancer_name"]
    if choices(LoadBalancer, context.user, context.scope).filter(name=name).exists():
        yield _taken(f"A load balancer named {name} already exists")
    if not data["balancer_security_groups"]:
        yield Check(
            Level.WARN,
            "The load balancer uses the VPC's default security group",
            "It usually allows no traffic from outside the VPC.",
            "Choose a security group that allows inbound traffic on the listener port.",
        )


def _port_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    listeners = choices(Listener, context.user, context.scope).filter(load_balancer_arn=data["load_balancer"])
    used = sorted(listeners.values_list("port", flat=True))
    for port in dict.fromkeys((data["listener_port"], data["test_port"] if data["shift"] else None)):
        if port in used:
            yield Check(
                Level.BLOCK,
                f"Port {port} of this load balancer is in use",
                f"Its listeners use {', '.join(map(str, used))}.",
                "Choose another port, or use Existing listener or Existing target group.",
            )


def _rule_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    """Yield checks for a priority in use, and for a rule with the same conditions."""
    listener = choices(Listener, context.user, context.scope).get(arn=data["listener"])
    wanted = data["rule_priority"]
    used = [rule["priority"] for rule in listener.rules]
    if wanted in used:
        yield Check(
            Level.BLOCK,
            f"The listener already has a rule with priority {wanted}",
            f"Priorities in use: {', '.join(map(str, used))}.",
            "Enter another priority, or leave the field empty.",
        )
    for rule in listener.rules:
        if _requests(rule["hosts"], rule["paths"]) == _requests(data["rule_hosts"], data["rule_paths"]):
            first = "the existing rule" if wanted is None or rule["priority"] < wanted else "the new rule"
            detail = f"The rule with the lower number applies: {first} receives them."
            yield Check(
                Level.WARN,
                f"Rule {rule['priority']} matches the same requests",
                detail,
                "Change the conditions of one of them.",
            )


def _requests(hosts: list[str], paths: list[str]) -> tuple[set[str], set[str]]:
    return {host.lower() for host in hosts}, set(paths)


def _taken(title: str) -> Check:
    return Check(Level.BLOCK, title, "", "Enter another name.")


def group_checks(
    context: ActionContext, arns: Sequence[str], definition: TaskDefinition, service: Service | None = None
) -> Iterator[Check]:
    """Yield checks whether target groups match the task definition, have a load balancer and are unused by others."""
    groups = list(choices(TargetGroup, context.user, context.scope).filter(arn__in=arns))
    wanted = target_type(definition)
    for group in groups:
        taken = users_of(group, service)
        yield from _group_checks(group, definition, wanted, taken)
        yield from _health_port(group, definition)
        if group.load_balancer_arns and group.target_type == wanted and not taken:
            used = service is not None and group.arn in service.target_group_arns
            free = "" if used else "is unused and "
            yield Check(Level.OK, f"{group.name} {free}matches the task definition")


def users_of(group: TargetGroup, service: Service | None) -> list[str]:
    """Return the names of the services that register their tasks in the group, without this one."""
    rows = Service.objects.in_scope(group.account, group.region).present().exclude(status="INACTIVE")
    own = service.pk if service else None
    return [each.name for each in rows if group.arn in each.target_group_arns and each.pk != own]


def _health_port(group: TargetGroup, definition: TaskDefinition) -> Iterator[Check]:
    """Yield a warning if the health check asks a port of its own that no container of awsvpc tasks declares."""
    port = str(group.description.get("HealthCheckPort", ""))
    containers = definition.description.get("containerDefinitions", [])
    mappings = [mapping for container in containers for mapping in container.get("portMappings", [])]
    declared = {str(each.get("containerPort")) for each in mappings}
    if definition.network_mode == "awsvpc" and port.isdecimal() and declared and port not in declared:
        yield Check(
            Level.WARN,
            f"The health check of {group.name} asks port {port}, which no container declares",
            f"The containers declare {', '.join(sorted(declared))}: targets that do not answer are replaced.",
            "Set the port of the health check to the traffic port, or add a port mapping.",
        )


def _group_checks(group: TargetGroup, definition: TaskDefinition, wanted: str, taken: list[str]) -> Iterator[Check]:
    if group.target_type != wanted:
        detail = f"{definition.name} uses the network mode {definition.network_mode or 'bridge'}, which needs {wanted}."
        fix = f"Choose a target group of type {wanted}."
        yield Check(Level.BLOCK, f"The target group is of type {group.target_type}", detail, fix)
    if not group.load_balancer_arns:
        title = f"{group.name} has no load balancer"
        fix = "Add a listener that forwards to it, then refresh the options."
        yield Check(Level.BLOCK, title, "ECS requires a target group with a load balancer.", fix)
    if taken:
        detail = f"{', '.join(taken)} registers its tasks in it too."
        fix = "Use one target group per service, unless sharing is intended."
        yield Check(Level.WARN, f"{group.name} is in use", detail, fix)

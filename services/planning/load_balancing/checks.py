"""What may be in the way of a load balancer, a listener, a rule or a target group for a new service."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level
from services.forms.load_balancer import EXISTING_BALANCER, EXISTING_LISTENER, NEW_BALANCER
from services.models import Listener, LoadBalancer, Service, TargetGroup, TaskDefinition
from services.planning.load_balancing.certificates import certificate_checks
from services.planning.load_balancing.quotas import quota_checks
from services.planning.load_balancing.steps import target_type


def new_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    """Of what is to be made."""
    name = data["balancer_name"]
    if choices(TargetGroup, context.user, context.scope).filter(name=name).exists():
        yield _taken(f"There is a target group called {name} already")
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
        yield _taken(f"There is a load balancer called {name} already")
    if not data["balancer_security_groups"]:
        yield Check(
            Level.WARN,
            "The load balancer gets the VPC's default security group",
            "It usually lets nobody in from outside.",
            "Choose a group that lets visitors in at the listener's port.",
        )


def _port_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    listeners = choices(Listener, context.user, context.scope).filter(load_balancer_arn=data["load_balancer"])
    used = sorted(listeners.values_list("port", flat=True))
    if data["listener_port"] in used:
        yield Check(
            Level.BLOCK,
            f"Port {data['listener_port']} of this load balancer is in use",
            f"It listens at {', '.join(map(str, used))}.",
            "Choose another port, a rule on that listener, or its target group.",
        )


def _rule_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    """A priority that is taken, and a rule that takes the same requests."""
    listener = choices(Listener, context.user, context.scope).get(arn=data["listener"])
    wanted = data["rule_priority"]
    used = [rule["priority"] for rule in listener.rules]
    if wanted in used:
        yield Check(
            Level.BLOCK,
            f"The listener has a rule of priority {wanted} already",
            f"Its rules have {', '.join(map(str, used))}.",
            "Write another number, or leave the field empty.",
        )
    for rule in listener.rules:
        if _requests(rule["hosts"], rule["paths"]) == _requests(data["rule_hosts"], data["rule_paths"]):
            first = "it" if wanted is None or rule["priority"] < wanted else "the new one"
            detail = f"The lower number is tried first: {first} gets them."
            yield Check(
                Level.WARN,
                f"Rule {rule['priority']} takes the same requests",
                detail,
                "Narrow one of the two, if both are meant.",
            )


def _requests(hosts: list[str], paths: list[str]) -> tuple[set[str], set[str]]:
    return {host.lower() for host in hosts}, set(paths)


def _taken(title: str) -> Check:
    return Check(Level.BLOCK, title, "", "Write another name.")


def group_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    """Whether the target group fits the task definition, stands behind a load balancer, and is free."""
    group = choices(TargetGroup, context.user, context.scope).get(arn=data["target_group"])
    definition: TaskDefinition = data["definition"]
    wanted = target_type(definition)
    if group.target_type != wanted:
        detail = f"{definition.name} uses the network mode {definition.network_mode or 'bridge'}, which needs {wanted}."
        fix = f"Choose a target group of type {wanted}."
        yield Check(Level.BLOCK, f"The target group is of type {group.target_type}", detail, fix)
    if not group.load_balancer_arns:
        title, fix = f"{group.name} stands behind no load balancer", "Add a listener that forwards to it, then refresh."
        yield Check(Level.BLOCK, title, "ECS refuses it until it does.", fix)
    users = Service.objects.in_scope(context.scope.account, context.scope.region).present().exclude(status="INACTIVE")
    taken = [each.name for each in users if group.arn in each.target_group_arns]
    if taken:
        detail, fix = (
            f"{', '.join(taken)} registers its tasks there too.",
            "Give each service its own, unless you mean it.",
        )
        yield Check(Level.WARN, f"{group.name} is in use", detail, fix)
    if group.load_balancer_arns and group.target_type == wanted and not taken:
        yield Check(Level.OK, f"{group.name} is free and fits the task definition")

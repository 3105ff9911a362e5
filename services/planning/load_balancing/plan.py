"""Plan of the load balancing of a new service: steps, cost and checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clusters.models import Subnet
from ecsdash.aws.prices import Estimate, load_balancer_monthly
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Effect, Observation, Output, PlanError, Step
from ecsdash.operations.refs import join, ref
from services.forms.load_balancer import EXISTING_LISTENER, HTTPS, NEW_BALANCER, NONE
from services.forms.target_group import NETWORK
from services.models import Listener, LoadBalancer
from services.planning.load_balancing.checks import new_checks
from services.planning.load_balancing.steps import (
    NEW_LOAD_BALANCER,
    NEW_TARGET_GROUP,
    balancer_step,
    group_steps,
    listener_step,
    redirect_step,
    rule_step,
)
from services.selectors.load_balancers import DEFAULT_PORTS, address, free_priority, rule_addresses

CALLS = (
    "elbv2.create_load_balancer", "elbv2.create_target_group", "elbv2.create_listener", "elbv2.create_rule",
    "elbv2.modify_target_group_attributes",
)  # fmt: skip


@dataclass(frozen=True)
class Balancing:
    """Load balancing part of a plan. `arn` is that of the target group, a ref if the plan creates it."""

    kind: str
    arn: Any
    steps: tuple[Step, ...] = ()
    checks: tuple[Check, ...] = ()
    observes: tuple[Observation, ...] = ()
    outputs: tuple[Output, ...] = ()
    cost: Estimate | None = None

    def of_service(self, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return `loadBalancers` of CreateService."""
        if self.kind == NONE:
            return []
        name, port = data["container_port"]
        return [{"targetGroupArn": self.arn, "containerName": name, "containerPort": port}]


def balancing(context: ActionContext, data: Mapping[str, Any], owner: str) -> Balancing:
    """Return the load balancing for the cleaned form of create_service; `owner` is "cluster/service"."""
    kind = data["balancer"]
    if kind == NONE:
        return Balancing(kind, None)
    if kind == EXISTING_LISTENER:
        return _with_rule(context, data, owner)
    if kind == NEW_BALANCER:
        return _by_new_balancer(context, data, owner)
    return _by_listener(context, data, owner)


def _by_new_balancer(context: ActionContext, data: Mapping[str, Any], owner: str) -> Balancing:
    subnet = choices(Subnet, context.user, context.scope).filter(name=data["subnets"][0]).first()
    encrypted = data["listener_protocol"] == HTTPS
    redirect = (redirect_step(data, NEW_LOAD_BALANCER, owner),) if encrypted and data["redirect"] else ()
    return Balancing(
        data["balancer"],
        NEW_TARGET_GROUP,
        steps=(
            balancer_step(data, owner),
            *group_steps(data, subnet.vpc_id if subnet else "", owner),
            listener_step(data, NEW_LOAD_BALANCER, owner),
            *redirect,
        ),
        checks=tuple(new_checks(context, data)),
        outputs=_site(_new_address(data), link=data["balancer_type"] != NETWORK),
        cost=load_balancer_monthly(context.scope.region),
    )


def _by_listener(context: ActionContext, data: Mapping[str, Any], owner: str) -> Balancing:
    balancer = choices(LoadBalancer, context.user, context.scope).get(arn=data["load_balancer"])
    listener = Listener(protocol=data["listener_protocol"], port=data["listener_port"])
    return Balancing(
        data["balancer"],
        NEW_TARGET_GROUP,
        steps=(*group_steps(data, balancer.vpc_id, owner), listener_step(data, balancer.arn, owner)),
        checks=tuple(new_checks(context, data)),
        outputs=_site(address(balancer, listener)),
    )


def _with_rule(context: ActionContext, data: Mapping[str, Any], owner: str) -> Balancing:
    """Return the load balancing by a listener rule. A chosen priority must stay free, an automatic one may change."""
    listener = choices(Listener, context.user, context.scope).get(arn=data["listener"])
    balancer = choices(LoadBalancer, context.user, context.scope).get(arn=listener.load_balancer_arn)
    chosen = data["rule_priority"]
    priority = chosen or free_priority([rule["priority"] for rule in listener.rules])
    if priority is None:
        raise PlanError("All priorities of this listener are in use. Choose another listener.", "listener")
    addresses = rule_addresses(balancer, listener, {"hosts": data["rule_hosts"], "paths": data["rule_paths"]})
    number = () if chosen else (Output("Priority of the rule", ref("rule.Rules.0.Priority")),)
    return Balancing(
        data["balancer"],
        NEW_TARGET_GROUP,
        steps=(*group_steps(data, balancer.vpc_id, owner), rule_step(data, priority, owner)),
        checks=tuple(new_checks(context, data)),
        observes=_seen(f"{balancer.name} {listener.label}", listener, chosen),
        outputs=(*_site(*addresses[:1]), *number),
    )


def _seen(name: str, listener: Listener, chosen: int | None) -> tuple[Observation, ...]:
    values = {"protocol": listener.protocol, "port": listener.port}
    there = Observation("listener", {"listener": listener.arn}, values, f"The listener {name}")
    if chosen is None:
        return (there,)
    wanted = {"listener": listener.arn, "priority": chosen}
    return there, Observation(
        "listener_rule", wanted, None, f"A rule of priority {chosen} on {name}", (Effect("rule", {}),)
    )


def _new_address(data: Mapping[str, Any]) -> Any:
    if data["balancer_type"] == NETWORK:
        return join(ref("load_balancer.LoadBalancers.0.DNSName"), f":{data['listener_port']}")
    protocol, port = data["listener_protocol"], data["listener_port"]
    tail = "/" if port == DEFAULT_PORTS[protocol] else f":{port}/"
    return join(f"{protocol.lower()}://", ref("load_balancer.LoadBalancers.0.DNSName"), tail)


def _site(*addresses: Any, link: bool = True) -> tuple[Output, ...]:
    """Return the outputs with the addresses of the site."""
    return tuple(Output("Site address" if link else "Address", each, link=link) for each in addresses)

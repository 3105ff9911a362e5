"""Plan of the new target groups of a service and of what leads to them: steps, cost and checks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clusters.models import Subnet
from ecsdash.aws.prices import Estimate, load_balancer_monthly, total
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Effect, Observation, Output, PlanError, Step
from ecsdash.operations.refs import join, ref
from services.forms.load_balancer import EXISTING_LISTENER, HTTPS, NEW_BALANCER
from services.forms.target_group import NETWORK
from services.models import Listener, LoadBalancer
from services.planning.load_balancing.checks import new_checks
from services.planning.load_balancing.shifting import shifted, shifting_steps
from services.planning.load_balancing.steps import (
    balancer_step,
    group_steps,
    key_of,
    listener_step,
    new_load_balancer,
    new_target_group,
    redirect_step,
    rule_step,
)
from services.selectors.load_balancers import DEFAULT_PORTS, address, free_priority, rule_addresses

CALLS = (
    "elbv2.create_load_balancer", "elbv2.create_target_group", "elbv2.create_listener", "elbv2.create_rule",
    "elbv2.modify_target_group_attributes",
)  # fmt: skip


#: Priorities that the plan gives to new rules, by the listener.
Taken = defaultdict[str, set[int]]


@dataclass(frozen=True)
class Balancing:
    """Load balancing part of a plan. `attached` is added to `loadBalancers` of the service: refs to what the plan
    creates."""

    attached: tuple[dict[str, Any], ...] = ()
    steps: tuple[Step, ...] = ()
    checks: tuple[Check, ...] = ()
    observes: tuple[Observation, ...] = ()
    outputs: tuple[Output, ...] = ()
    cost: Estimate | None = None


def balancing(context: ActionContext, entries: Sequence[Mapping[str, Any]], owner: str) -> Balancing:
    """Return the load balancing for the cleaned forms of new target groups; `owner` is "cluster/service"."""
    taken: Taken = defaultdict(set)
    found = [_of_entry(context, data, owner, taken) for data in entries]
    return Balancing(
        attached=tuple(_attached(data) for data in entries),
        steps=tuple(step for each in found for step in each.steps),
        checks=tuple(dict.fromkeys(check for each in found for check in each.checks)),
        observes=_unique([observed for each in found for observed in each.observes]),
        outputs=tuple(output for each in found for output in each.outputs),
        cost=total(each.cost for each in found if each.cost),
    )


def _unique(observations: Sequence[Observation]) -> tuple[Observation, ...]:
    """Return each observation once: rules of one listener observe it together."""
    return tuple(each for number, each in enumerate(observations) if each not in observations[:number])


def _attached(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry of `loadBalancers` of CreateService."""
    name, port = data["container_port"]
    advanced = {"advancedConfiguration": shifted(data)} if data["shift"] else {}
    return {"targetGroupArn": new_target_group(data), "containerName": name, "containerPort": port, **advanced}


def _of_entry(context: ActionContext, data: Mapping[str, Any], owner: str, taken: Taken) -> Balancing:
    if data["balancer"] == EXISTING_LISTENER:
        return _with_rule(context, data, owner, taken)
    if data["balancer"] == NEW_BALANCER:
        return _by_new_balancer(context, data, owner)
    return _by_listener(context, data, owner)


def _by_new_balancer(context: ActionContext, data: Mapping[str, Any], owner: str) -> Balancing:
    subnet = choices(Subnet, context.user, context.scope).filter(name=data["subnets"][0]).first()
    encrypted, balancer = data["listener_protocol"] == HTTPS, new_load_balancer(data)
    redirect = (redirect_step(data, balancer, owner),) if encrypted and data["redirect"] else ()
    return Balancing(
        steps=(
            balancer_step(data, owner),
            *group_steps(data, subnet.vpc_id if subnet else "", owner),
            listener_step(data, balancer, owner),
            *redirect,
            *shifting_steps(data, balancer, owner),
        ),
        checks=tuple(new_checks(context, data)),
        outputs=_site(_new_address(data), link=data["balancer_type"] != NETWORK),
        cost=load_balancer_monthly(context.scope.region),
    )


def _by_listener(context: ActionContext, data: Mapping[str, Any], owner: str) -> Balancing:
    balancer = choices(LoadBalancer, context.user, context.scope).get(arn=data["load_balancer"])
    listener = Listener(protocol=data["listener_protocol"], port=data["listener_port"])
    return Balancing(
        steps=(
            *group_steps(data, balancer.vpc_id, owner),
            listener_step(data, balancer.arn, owner),
            *shifting_steps(data, balancer.arn, owner),
        ),
        checks=tuple(new_checks(context, data)),
        outputs=_site(address(balancer, listener)),
    )


def _with_rule(context: ActionContext, data: Mapping[str, Any], owner: str, taken: Taken) -> Balancing:
    """Return the load balancing by a listener rule. A chosen priority must stay free, an automatic one may change."""
    listener = choices(Listener, context.user, context.scope).get(arn=data["listener"])
    balancer = choices(LoadBalancer, context.user, context.scope).get(arn=listener.load_balancer_arn)
    chosen = data["rule_priority"]
    priority = chosen or free_priority([*(rule["priority"] for rule in listener.rules), *taken[listener.arn]])
    if priority is None:
        raise PlanError("All priorities of this listener are in use. Choose another listener.")
    taken[listener.arn].add(priority)
    addresses = rule_addresses(balancer, listener, {"hosts": data["rule_hosts"], "paths": data["rule_paths"]})
    number = () if chosen else (Output("Priority of the rule", ref(f"{key_of('rule', data)}.Rules.0.Priority")),)
    return Balancing(
        steps=(
            *group_steps(data, balancer.vpc_id, owner),
            rule_step(data, priority, owner),
            *shifting_steps(data, balancer.arn, owner, listener),
        ),
        checks=tuple(new_checks(context, data)),
        observes=_seen(f"{balancer.name} {listener.label}", listener, chosen, key_of("rule", data)),
        outputs=(*_site(*addresses[:1]), *number),
    )


def _seen(name: str, listener: Listener, chosen: int | None, key: str) -> tuple[Observation, ...]:
    values = {"protocol": listener.protocol, "port": listener.port}
    there = Observation("listener", {"listener": listener.arn}, values, f"The listener {name}")
    if chosen is None:
        return (there,)
    wanted = {"listener": listener.arn, "priority": chosen}
    return there, Observation(
        "listener_rule", wanted, None, f"A rule of priority {chosen} on {name}", (Effect(key, {}),)
    )


def _new_address(data: Mapping[str, Any]) -> Any:
    name = ref(f"{key_of('load_balancer', data)}.LoadBalancers.0.DNSName")
    if data["balancer_type"] == NETWORK:
        return join(name, f":{data['listener_port']}")
    protocol, port = data["listener_protocol"], data["listener_port"]
    tail = "/" if port == DEFAULT_PORTS[protocol] else f":{port}/"
    return join(f"{protocol.lower()}://", name, tail)


def _site(*addresses: Any, link: bool = True) -> tuple[Output, ...]:
    """Return the outputs with the addresses of the site."""
    return tuple(Output("Site address" if link else "Address", each, link=link) for each in addresses)

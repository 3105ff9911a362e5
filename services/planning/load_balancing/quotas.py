"""Quotas of Elastic Load Balancing for a new load balancer, listener, rule or target group.

The numbers are the defaults in "Quotas for your Application Load Balancers" (Elastic Load Balancing user guide). A
quota that AWS can raise only gives a warning: the inventory does not know the raised value. Not checked: certificates
(25 per load balancer besides the default ones) and targets (1,000).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level
from services.forms.load_balancer import EXISTING_BALANCER, EXISTING_LISTENER, NEW_BALANCER
from services.models import Listener, LoadBalancer, TargetGroup

LOAD_BALANCERS, TARGET_GROUPS = 50, 3000  # per region
LISTENERS, RULES = 50, 100  # per load balancer, without default rules
OWN_TARGET_GROUPS = 100  # per load balancer: AWS does not raise it


def quota_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    """Yield the quota checks of the plan, which adds one to each number."""
    groups = list(choices(TargetGroup, context.user, context.scope).values_list("load_balancer_arns", flat=True))
    yield from _raisable(len(groups), TARGET_GROUPS, "target groups in this region")
    if data["balancer"] == NEW_BALANCER:
        found = choices(LoadBalancer, context.user, context.scope).filter(description__Type="application").count()
        yield from _raisable(found, LOAD_BALANCERS, "application load balancers in this region")
        return
    arn = _load_balancer(context, data)
    if sum(arn in behind for behind in groups) >= OWN_TARGET_GROUPS:
        title = f"The load balancer already has {OWN_TARGET_GROUPS} target groups"
        yield Check(Level.BLOCK, title, "This AWS quota cannot be raised.", "Choose another load balancer.")
    listeners = list(choices(Listener, context.user, context.scope).filter(load_balancer_arn=arn))
    if data["balancer"] == EXISTING_BALANCER:
        yield from listener_quota(listeners)
    else:
        yield from rule_quota(listeners)


def listener_quota(listeners: Sequence[Listener]) -> Iterator[Check]:
    """Yield the quota check of one more listener on a load balancer with these listeners."""
    yield from _raisable(len(listeners), LISTENERS, "listeners on this load balancer")


def rule_quota(listeners: Iterable[Listener]) -> Iterator[Check]:
    """Yield the quota check of one more rule on a load balancer with these listeners."""
    yield from _raisable(sum(len(each.rules) for each in listeners), RULES, "rules on this load balancer")


def _load_balancer(context: ActionContext, data: Mapping[str, Any]) -> str:
    if data["balancer"] != EXISTING_LISTENER:
        return str(data["load_balancer"])
    return str(choices(Listener, context.user, context.scope).get(arn=data["listener"]).load_balancer_arn)


def _raisable(found: int, quota: int, what: str) -> Iterator[Check]:
    if found >= quota:
        detail = f"The default quota is {quota}. AWS refuses more, unless the quota of this account was raised."
        fix = "Delete what is not needed, or request a higher quota in Service Quotas."
        yield Check(Level.WARN, f"{found} {what} already exist", detail, fix)

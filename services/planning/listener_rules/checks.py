"""Checks of a change of a listener rule: clashes with other rules, and what loses its requests."""

from collections.abc import Iterable, Iterator, Sequence

from ecsdash.operations.plan import Check, Level
from services.documents.listener_rule import actions, conditions
from services.planning.listener_rules.routing import Wanted
from services.selectors.listeners import Reader, Rule

HEALTHY = "healthy"


def clashes(others: Sequence[Rule], wanted: Wanted) -> Iterator[Check]:
    """Yield checks of the priority and the conditions against the other rules of the listener."""
    used = [rule.priority for rule in others]
    if wanted.priority in used:
        detail = f"Priorities in use: {', '.join(map(str, used))}."
        title = f"The listener already has a rule with priority {wanted.priority}"
        yield Check(Level.BLOCK, title, detail, "Enter another priority, or leave the field empty.")
    before = [rule for rule in others if (rule.priority or 0) < wanted.priority]
    if first := next((rule for rule in before if conditions.covers(rule.conditions, wanted.conditions)), None):
        yield Check(
            Level.BLOCK,
            f"Rule {first.priority} takes all requests of this rule",
            f"It matches {first.words} and has a lower number, so this rule would never apply.",
            f"Enter a priority below {first.priority}, or change the conditions of one of them."
            if (first.priority or 0) > 1
            else "Change the conditions of one of them, or give that rule a higher number first.",
        )
    for rule in others:
        if (rule.priority or 0) > wanted.priority and conditions.covers(wanted.conditions, rule.conditions):
            detail = f"It matches {rule.words}, and this rule takes all of these requests before it."
            fix = f"Enter a priority above {rule.priority} if rule {rule.priority} should stay in use."
            yield Check(Level.WARN, f"Rule {rule.priority} would never apply any more", detail, fix)


def target_checks(reader: Reader, balancer: str, wanted: Wanted) -> Iterator[Check]:
    """Yield checks of the target groups that the rule forwards to."""
    shares = actions.forwarded([wanted.action])
    if shares and not any(weight for _, weight in shares):
        fix = "Enter a weight above 0 for one of them."
        yield Check(Level.WARN, "No target group gets requests", "All weights are 0: clients get status 503.", fix)
    for arn, weight in shares:
        group = reader.groups.get(arn)
        if group is None:
            continue
        if group.load_balancer_arns and balancer not in group.load_balancer_arns:
            detail = "A target group belongs to one load balancer."
            yield Check(Level.BLOCK, f"{group.name} has another load balancer", detail, "Choose another target group.")
        elif weight and not any(target["state"] == HEALTHY for target in group.targets):
            behind = "Its tasks are not healthy" if arn in reader.behind else "No service registers tasks in it"
            detail = f"{behind}, so clients get status 503 until there is a healthy target."
            yield Check(Level.WARN, f"{group.name} has no healthy target", detail)
        else:
            yield Check(Level.OK, f"{group.name} has healthy targets" if weight else f"{group.name} gets no requests")


def shifting_checks(rule: Rule, *, deleting: bool) -> Iterator[Check]:
    """Yield checks of a rule whose traffic ECS shifts during deployments."""
    names = ", ".join(service.name for service in rule.shifted_for)
    if any(service.deploying for service in rule.shifted_for) or (names and deleting):
        detail = "ECS shifts the traffic of this rule during its deployments."
        fix = "Take the rule out of the service first." if deleting else "Wait until the deployment has ended."
        title = f"Deployments of {names} use this rule" if deleting else f"A deployment of {names} is in progress"
        yield Check(Level.BLOCK, title, detail, fix)
    elif names:
        detail = "The next deployment sets the weights of its two target groups again."
        yield Check(Level.WARN, f"ECS shifts the traffic of this rule for {names}", detail)


def abandoned(reader: Reader, rules: Sequence[Rule], kept: Iterable[str] = ()) -> Iterator[Check]:
    """Yield checks of target groups that nothing forwards to any more when these rules (or default actions) are changed
    or deleted. `kept`: those that they still forward to."""
    changed = {(rule.listener.arn, rule.arn) for rule in rules}
    others = set(kept)
    for rows in reader.listeners.values():
        for listener in rows:
            others |= set() if (listener.arn, "") in changed else set(listener.target_group_arns)
            entries = (each for each in listener.rules if (listener.arn, each["arn"]) not in changed)
            others |= {arn for each in entries for arn in each["target_group_arns"]}
    for share in {share.arn: share for rule in rules for share in rule.shares}.values():
        if share.arn not in others and (users := [each.name for each in share.behind.services]):
            detail = f"Nothing else forwards to {share.name}: the tasks of {', '.join(users)} get no requests."
            fix = "Forward to it by another rule, or delete the service instead."
            yield Check(Level.WARN, f"{share.name} has no load balancer any more", detail, fix)

"""What a review says about the room for tasks on container instances."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clusters.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance
from clusters.planning.placement import Demand, Slot, candidates, not_judged
from clusters.selectors.container_instances import instances
from ecsdash.inventory.scope import Scope
from ecsdash.operations.plan import Check, Level

NAMED_AT_MOST = 5
REASONS_AT_MOST = 4


def refusals(user: Any, cluster: Cluster, demand: Demand, free: Sequence[Slot]) -> tuple[str, tuple[Any, ...]]:
    """Return why the task fits on none of the instances, in words, and links to those that the user may see."""
    visible = {row.arn: row for row in instances(user, Scope(cluster.account, cluster.region), cluster.name)}
    reasons: dict[str, list[ContainerInstance]] = defaultdict(list)
    for slot in candidates(demand, free):
        if reason := slot.lacks(demand):
            reasons[reason].append(slot.instance)
    found = sorted(reasons.items(), key=lambda each: -len(each[1]))
    words = [f"{_named(rows, visible)}: {reason}." for reason, rows in found[:REASONS_AT_MOST]]
    if len(found) > REASONS_AT_MOST:
        words.append(f"{len(found) - REASONS_AT_MOST} more reasons on other instances.")
    shown = [visible[row.arn] for _, rows in found for row in rows if row.arn in visible][:NAMED_AT_MOST]
    return " ".join(words), tuple((row.name, row.get_absolute_url()) for row in shown)


def judged_partly(demand: Demand, free: Sequence[Slot]) -> Iterable[Check]:
    """Yield a check for the placement constraints that are not judged."""
    for expression in not_judged(demand, free):
        yield Check(
            Level.UNCHECKED,
            f"The placement constraint {expression} is not judged",
            "It names something that the inventory does not know, or a regular expression beyond . and .*",
        )


def growing(scope: Scope, names: Iterable[str]) -> str:
    """Return in words which of these capacity providers launch instances when tasks do not fit; empty: none."""
    rows = CapacityProvider.objects.in_scope(scope.account, scope.region).present().filter(name__in=list(names))
    groups = {row.arn: row for row in AutoScalingGroup.objects.in_scope(scope.account, scope.region).present()}
    words = []
    for row in rows.order_by("name"):
        group = groups.get(row.auto_scaling_group_arn)
        enabled = row.group_settings.get("managedScaling", {}).get("status") == "ENABLED"
        if row.managed_instances:
            words.append(f"{row.name} launches instances as tasks need them.")
        elif group and enabled and group.max_size > group.desired_capacity:
            words.append(f"{row.name} launches more: it runs {group.desired_capacity} of at most {group.max_size}.")
    return " ".join(words)


def _named(rows: Sequence[ContainerInstance], visible: Mapping[str, ContainerInstance]) -> str:
    """Return the names of the instances that the user may see, and the number of the others."""
    names = [row.name for row in rows if row.arn in visible][:NAMED_AT_MOST]
    more = len(rows) - len(names)
    others = f"{more} {'more' if names else 'instance'}{'s' if more > 1 and not names else ''}"
    return f"{', '.join(names)} and {others}" if names and more else ", ".join(names) or others

"""The check whether a cluster's default strategy uses instances that no Auto Scaling group launched."""

from clusters.models import Cluster
from clusters.selectors.capacity import Provider, providers, strategy
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level


def providers_with_group(context: ActionContext, cluster: Cluster) -> list[Provider]:
    """Return the cluster's capacity providers whose Auto Scaling group is in the inventory."""
    return [each for each in providers(context.user, context.scope, cluster) if each.group is not None]


def strategy_checks(context: ActionContext, cluster: Cluster) -> tuple[Check, ...]:
    """Return the check whether ECS places tasks on instances without a capacity provider."""
    names = ", ".join(item.provider for item in strategy(cluster))
    if not names:
        title = "The cluster has no default capacity provider strategy"
        return (Check(Level.OK, title, "ECS places tasks with the launch type EC2 on these instances."),)
    return (
        Check(
            Level.WARN,
            "These instances have no capacity provider",
            f"The cluster's default strategy ({names}) does not place tasks on them; only services and tasks with the "
            "launch type EC2 use them.",
            _advice(providers_with_group(context, cluster)),
        ),
    )


def _advice(providers: list[Provider]) -> str:
    if not providers:
        return "Choose the launch type EC2 where you create services or run tasks for these instances."
    groups = " or ".join(
        f"{each.group.name} of the capacity provider {each.name} "
        f"({each.group.desired_capacity} now, at most {each.group.max_size})"
        for each in providers
        if each.group is not None
    )
    return (
        f"To add capacity for the strategy, increase the desired capacity of the Auto Scaling group {groups} in EC2 "
        "Auto Scaling. With managed scaling, ECS increases it when tasks need it."
    )

"""Rules about capacity providers and strategies that several operations share."""

from ecsdash.sandbox.ecs import quotas
from ecsdash.sandbox.ecs.call import Call
from ecsdash.sandbox.ecs.errors import invalid
from ecsdash.sandbox.ecs.models import Cluster, Json
from ecsdash.sandbox.ecs.state import FARGATE_PROVIDERS


def check_providers(call: Call, names: list[str]) -> None:
    quotas.check_capacity_providers(len(names))
    for name in names:
        provider = call.region.capacity_providers.get(name)
        if name not in FARGATE_PROVIDERS and (provider is None or provider.status != "ACTIVE"):
            raise invalid(
                f"The specified capacity provider {name} was not found. Specify a valid name or ARN and try again."
            )


def check_strategy(strategy: list[Json], attached: list[str]) -> None:
    if len(strategy) > 20:
        raise invalid("A capacity provider strategy can contain a maximum of 20 capacity providers.")
    names = [item["capacityProvider"] for item in strategy]
    if len(names) != len(set(names)):
        raise invalid("The specified capacity provider strategy cannot contain the same capacity provider twice.")
    for name in names:
        if name not in attached:
            raise invalid(
                f"The specified capacity provider strategy contains the capacity provider {name}, which is not "
                "associated with the cluster. Associate it with the cluster and try again."
            )
    if sum(item.get("base", 0) > 0 for item in strategy) > 1:
        raise invalid(
            "There are multiple capacity providers in the specified capacity provider strategy with a base value "
            "greater than zero. Only one capacity provider can have a base value greater than zero. Specify a valid "
            "capacity provider strategy and try again."
        )
    if strategy and not any(item.get("weight", 0) > 0 for item in strategy):
        raise invalid(
            "There are no capacity providers in the capacity provider strategy with a weight value greater than zero."
        )
    if len({name in FARGATE_PROVIDERS for name in names}) > 1:
        raise invalid("The specified capacity provider strategy cannot mix Fargate and Auto Scaling group providers.")


def capacity_for(cluster: Cluster, params: Json) -> tuple[str, list[Json]]:
    """(launch type, strategy) for a service or task: exactly one of them is set, the cluster's default applies."""
    launch_type, strategy = params.get("launchType", ""), params.get("capacityProviderStrategy", [])
    if launch_type and strategy:
        raise invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
        )
    if strategy:
        check_strategy(strategy, [*cluster.capacity_providers])
        return "", strategy
    if launch_type == "MANAGED_INSTANCES":
        raise invalid("Specify the capacity provider of the Managed Instances in place of their launch type.")
    if not launch_type and cluster.default_strategy:
        return "", cluster.default_strategy
    return launch_type or "EC2", []


def runs_on_fargate(launch_type: str, strategy: list[Json]) -> bool:
    return launch_type == "FARGATE" or any(item["capacityProvider"] in FARGATE_PROVIDERS for item in strategy)

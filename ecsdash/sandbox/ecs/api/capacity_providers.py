import re

from ecsdash.sandbox.ecs.api import clusters, managed_instances
from ecsdash.sandbox.ecs.call import Call, Handler, missing, tag_list, tags_from
from ecsdash.sandbox.ecs.errors import client_error, invalid, update_in_progress
from ecsdash.sandbox.ecs.models import CapacityProvider, Json
from ecsdash.sandbox.ecs.paging import page
from ecsdash.sandbox.ecs.state import FARGATE_PROVIDERS, short

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_CHANGE_SECONDS = 4.0
_SCALING = {
    "status": "DISABLED",
    "targetCapacity": 100,
    "minimumScalingStepSize": 1,
    "maximumScalingStepSize": 10000,
    "instanceWarmupPeriod": 300,
}


def create_capacity_provider(call: Call, params: Json) -> Json:
    name = params["name"]
    if not _NAME.fullmatch(name) or name.lower().startswith(("aws", "ecs", "fargate")):
        raise invalid(
            "The specified capacity provider name is invalid. Up to 255 letters, numbers, hyphens and underscores are "
            'allowed. The name cannot be prefixed with "aws", "ecs", or "fargate".'
        )
    if ("autoScalingGroupProvider" in params) == ("managedInstancesProvider" in params):
        raise client_error("Specify either autoScalingGroupProvider or managedInstancesProvider and try again.")
    existing = call.region.capacity_providers.get(name)
    if existing and existing.status != "INACTIVE":
        raise client_error(f"The specified capacity provider already exists: {name}.")
    if "managedInstancesProvider" in params:
        return _create_managed(call, params)
    group = params["autoScalingGroupProvider"]
    if call.state.aws.auto_scaling_group(call.scope, group["autoScalingGroupArn"]) is None:
        raise client_error("The specified Auto Scaling group ARN is invalid. Specify a valid ARN and try again.")
    _refuse_shared_group(call, group["autoScalingGroupArn"])
    settings = _with_defaults({}, group)
    _check_protection(call, settings)
    provider = CapacityProvider(name, call.arn(f"capacity-provider/{name}"), settings, tags_from(params))
    call.region.capacity_providers[name] = provider
    return {"capacityProvider": to_api(provider, tags=True)}


def describe_capacity_providers(call: Call, params: Json) -> Json:
    tags = "TAGS" in params.get("include", [])
    if "capacityProviders" in params:
        if len(params["capacityProviders"]) > 100:
            raise invalid("Capacity providers cannot be more than 100 elements.")
        return _describe_named(call, params["capacityProviders"], tags)
    of_aws = call.cluster(params).capacity_providers if "cluster" in params else FARGATE_PROVIDERS
    known = [(name, _fargate(call, name)) for name in FARGATE_PROVIDERS if name in of_aws]
    known += [(p.name, to_api(p, tags)) for p in call.region.capacity_providers.values() if _is_listed(call, p, params)]
    shown, token = page(sorted(known, key=lambda item: item[0]), params, default=10, maximum=10)
    return {"capacityProviders": shown, "failures": [], **token}


def update_capacity_provider(call: Call, params: Json) -> Json:
    provider = _of_cluster(call, params["name"], params)
    if provider.update_status == "UPDATE_IN_PROGRESS":
        raise update_in_progress("The specified capacity provider is being updated. Wait and try again.")
    if provider.managed_instances:
        changes = params.get("managedInstancesProvider", {})
        provider.managed_instances = managed_instances.settings(call, provider.managed_instances, changes)
    else:
        settings = _with_defaults(provider.auto_scaling, params.get("autoScalingGroupProvider", {}))
        _check_protection(call, settings)
        provider.auto_scaling = settings
    provider.update_status = "UPDATE_IN_PROGRESS"
    call.state.timers.add(call.now + _CHANGE_SECONDS, "provider", call.scope.account, call.scope.region, provider.name)
    return {"capacityProvider": to_api(provider, tags=True)}


def delete_capacity_provider(call: Call, params: Json) -> Json:
    provider = _of_cluster(call, short(params["capacityProvider"]), params)
    if provider.managed_instances:
        _leave_cluster(call, provider)
    for cluster in call.region.clusters.values():
        if provider.name in cluster.capacity_providers:
            raise client_error(
                "The specified capacity provider is in use and cannot be removed. Disassociate the capacity provider "
                f"from the cluster {cluster.name} and try again."
            )
    provider.update_status = "DELETE_IN_PROGRESS"
    call.state.timers.add(call.now + _CHANGE_SECONDS, "provider", call.scope.account, call.scope.region, provider.name)
    return {"capacityProvider": to_api(provider, tags=True)}


def to_api(provider: CapacityProvider, tags: bool) -> Json:
    answer: Json = {
        "capacityProviderArn": provider.arn,
        "name": provider.name,
        "status": provider.status,
        "tags": tag_list(provider.tags) if tags else [],
    }
    if provider.managed_instances:
        cluster = {"cluster": provider.cluster, "managedInstancesProvider": provider.managed_instances}
        answer |= {**cluster, "type": "MANAGED_INSTANCES"}
    else:
        answer |= {"autoScalingGroupProvider": provider.auto_scaling, "type": "EC2_AUTOSCALING"}
    return answer | ({"updateStatus": provider.update_status} if provider.update_status else {})


def _create_managed(call: Call, params: Json) -> Json:
    """A provider of Managed Instances is associated with its cluster by its creation."""
    if not params.get("cluster"):
        raise client_error("A cluster is required for a capacity provider of Amazon ECS Managed Instances.")
    cluster, name = call.cluster(params), params["name"]
    settings = managed_instances.settings(call, {}, params["managedInstancesProvider"])
    provider = CapacityProvider(
        name,
        call.arn(f"capacity-provider/{name}"),
        {},
        tags_from(params),
        update_status="CREATE_IN_PROGRESS",
        cluster=cluster.name,
        managed_instances=settings,
    )
    call.region.capacity_providers[name] = provider
    cluster.capacity_providers = [*cluster.capacity_providers, name]
    call.state.timers.add(call.now + _CHANGE_SECONDS, "provider", call.scope.account, call.scope.region, name)
    return {"capacityProvider": to_api(provider, tags=True)}


def _leave_cluster(call: Call, provider: CapacityProvider) -> None:
    """Deleting a provider of Managed Instances takes it out of its cluster, unless something uses it."""
    cluster = call.state.cluster(call.scope, provider.cluster)
    if clusters.in_use(cluster, provider.name):
        raise client_error("The specified capacity provider is in use and cannot be removed.")
    cluster.capacity_providers = [name for name in cluster.capacity_providers if name != provider.name]
    strategy = [item for item in cluster.default_strategy if item["capacityProvider"] != provider.name]
    cluster.default_strategy = strategy
    for instance in cluster.instances.values():
        if instance.capacity_provider == provider.name:
            instance.status = "DRAINING"


def _describe_named(call: Call, references: list[str], tags: bool) -> Json:
    found, failures = [], []
    for reference in references:
        name = short(reference)
        provider = call.region.capacity_providers.get(name)
        if name in FARGATE_PROVIDERS:
            found.append(_fargate(call, name))
        elif provider:
            found.append(to_api(provider, tags))
        else:
            failures.append(missing(call.arn(f"capacity-provider/{name}")))
    return {"capacityProviders": found, "failures": failures}


def _fargate(call: Call, name: str) -> Json:
    arn = call.arn(f"capacity-provider/{name}")
    return {"capacityProviderArn": arn, "name": name, "status": "ACTIVE", "tags": [], "type": name}


def _active(call: Call, name: str) -> CapacityProvider:
    provider = call.region.capacity_providers.get(name)
    if name in FARGATE_PROVIDERS:
        raise client_error(f"The capacity provider {name} is managed by AWS and cannot be changed.")
    if provider is None or provider.status != "ACTIVE":
        raise client_error("The specified capacity provider does not exist. Specify a valid name or ARN and try again.")
    return provider


def _of_cluster(call: Call, name: str, params: Json) -> CapacityProvider:
    """Return an active provider. One of Managed Instances is found in its cluster only."""
    provider = _active(call, name)
    if provider.managed_instances and short(params.get("cluster", "default")) != provider.cluster:
        raise client_error("The specified capacity provider does not exist. Specify a valid name or ARN and try again.")
    return provider


def _is_listed(call: Call, provider: CapacityProvider, params: Json) -> bool:
    """A list names a provider of Managed Instances only if it asks for the provider's cluster."""
    if provider.status != "ACTIVE" or "cluster" not in params:
        return provider.status == "ACTIVE" and not provider.managed_instances
    return provider.name in call.cluster(params).capacity_providers


def _with_defaults(current: Json, changes: Json) -> Json:
    scaling = _SCALING | current.get("managedScaling", {}) | changes.get("managedScaling", {})
    if scaling["minimumScalingStepSize"] > scaling["maximumScalingStepSize"]:
        raise client_error(
            "The managed scaling setting for the capacity provider is invalid. The minimum scaling step size must not "
            "be greater than the maximum scaling step size."
        )
    protection = {"managedTerminationProtection": "DISABLED", "managedDraining": "ENABLED"}
    merged = protection | current | changes | {"managedScaling": scaling}
    if merged["managedTerminationProtection"] == "ENABLED" and scaling["status"] == "DISABLED":
        raise client_error(
            "The managed termination protection setting for the capacity provider is invalid. To enable managed "
            "termination protection for a capacity provider, managed scaling must be enabled."
        )
    return merged


def _check_protection(call: Call, settings: Json) -> None:
    """Managed termination protection needs a group that protects its new instances from scale-in."""
    group = call.state.aws.auto_scaling_group(call.scope, settings["autoScalingGroupArn"])
    if settings["managedTerminationProtection"] == "ENABLED" and not (group and group.protects_new):
        raise client_error(
            "The managed termination protection setting for the capacity provider is invalid. To enable managed "
            "termination protection for a capacity provider, the Auto Scaling group must have instance protection from "
            "scale in enabled."
        )


def _refuse_shared_group(call: Call, group_arn: str) -> None:
    for provider in call.region.capacity_providers.values():
        if provider.status == "ACTIVE" and provider.auto_scaling.get("autoScalingGroupArn") == group_arn:
            raise client_error(
                "The specified Auto Scaling group is used by another capacity provider. Specify another and try again."
            )


OPERATIONS: dict[str, Handler] = {
    "CreateCapacityProvider": create_capacity_provider,
    "DescribeCapacityProviders": describe_capacity_providers,
    "UpdateCapacityProvider": update_capacity_provider,
    "DeleteCapacityProvider": delete_capacity_provider,
}

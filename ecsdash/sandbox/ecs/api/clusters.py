import re

from ecsdash.sandbox.ecs import quotas
from ecsdash.sandbox.ecs.api import account_settings
from ecsdash.sandbox.ecs.api.strategy import check_providers, check_strategy
from ecsdash.sandbox.ecs.call import Call, Handler, compact, missing, tag_list, tags_from
from ecsdash.sandbox.ecs.errors import EcsError, invalid, update_in_progress
from ecsdash.sandbox.ecs.models import Cluster, Json
from ecsdash.sandbox.ecs.paging import page_strings
from ecsdash.sandbox.ecs.state import FARGATE_PROVIDERS, own, short

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,254}|[0-9][A-Za-z0-9_-]{0,254}")
_ATTACH_SECONDS = 8.0


def create_cluster(call: Call, params: Json) -> Json:
    name = params.get("clusterName", "default")
    if not _NAME.fullmatch(name):
        raise invalid("Invalid identifier: Cluster name must be up to 255 letters, numbers, hyphens and underscores.")
    existing = call.region.clusters.get(name)
    if existing and existing.status != "INACTIVE":
        _check_same(existing, params)
        return {"cluster": to_api(call, existing, {"TAGS", "SETTINGS"})}
    quotas.check_cluster(sum(known.status != "INACTIVE" for known in call.region.clusters.values()))
    cluster = Cluster(
        name=name,
        arn=call.arn(f"cluster/{name}"),
        settings=_settings(params.get("settings", []), [_insights(call)]),
        configuration=params.get("configuration", {}),
        service_connect_defaults=_namespace(call, params.get("serviceConnectDefaults", {}).get("namespace", "")),
        tags=tags_from(params),
    )
    providers, strategy = params.get("capacityProviders", []), params.get("defaultCapacityProviderStrategy", [])
    check_providers(call, providers)
    check_strategy(strategy, providers)
    call.region.clusters[name] = cluster
    _attach(call, cluster, providers, strategy)
    return {"cluster": to_api(call, cluster, {"TAGS", "SETTINGS", "CONFIGURATIONS"})}


def _check_same(existing: Cluster, params: Json) -> None:
    """Creating a cluster again answers the one that exists; settings that are given must be its own."""
    own_settings: Json = {
        "settings": existing.settings,
        "configuration": existing.configuration,
        "capacityProviders": existing.capacity_providers,
        "defaultCapacityProviderStrategy": existing.default_strategy,
    }
    if any(params.get(member, value) != value for member, value in own_settings.items()):
        raise invalid(
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."
        )


def describe_clusters(call: Call, params: Json) -> Json:
    names = params.get("clusters") or ["default"]
    if len(names) > 100:
        raise invalid("Clusters cannot be more than 100 elements.")
    include = set(params.get("include", []))
    found, failures = [], []
    for reference in names:
        cluster = call.region.clusters.get(own(call.scope, reference, "cluster"))
        if cluster:
            found.append(to_api(call, cluster, include))
        else:
            failures.append(missing(call.arn(f"cluster/{short(reference)}")))
    return {"clusters": found, "failures": failures}


def list_clusters(call: Call, params: Json) -> Json:
    arns = [cluster.arn for cluster in call.region.clusters.values() if cluster.status != "INACTIVE"]
    shown, token = page_strings(arns, params, default=100)
    return {"clusterArns": shown, **token}


def update_cluster(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    cluster.settings = _settings(params.get("settings", []), cluster.settings)
    cluster.configuration = params.get("configuration", cluster.configuration)
    if "serviceConnectDefaults" in params:
        cluster.service_connect_defaults = _namespace(call, params["serviceConnectDefaults"]["namespace"])
    return {"cluster": to_api(call, cluster, {"TAGS", "SETTINGS", "CONFIGURATIONS"})}


def update_cluster_settings(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    cluster.settings = _settings(params["settings"], cluster.settings)
    return {"cluster": to_api(call, cluster, {"SETTINGS"})}


def put_cluster_capacity_providers(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    if cluster.attachments_status == "UPDATE_IN_PROGRESS":
        raise update_in_progress(
            "The specified cluster is in a busy state. Cluster attachments must be in UPDATE_COMPLETE or "
            "UPDATE_FAILED state before they can be updated. Wait and try again."
        )
    providers, strategy = params["capacityProviders"], params["defaultCapacityProviderStrategy"]
    check_providers(call, providers)
    check_strategy(strategy, providers)
    for name in set(cluster.capacity_providers) - set(providers):
        if in_use(cluster, name):
            raise EcsError(
                "ResourceInUseException",
                "The specified capacity provider is in use and cannot be removed. Use UpdateService to change the "
                "capacity provider strategy of the services that use it, and try again.",
            )
    _attach(call, cluster, providers, strategy)
    return {"cluster": to_api(call, cluster, {"ATTACHMENTS"})}


def delete_cluster(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    if any(instance.status != "INACTIVE" for instance in cluster.instances.values()):
        raise EcsError(
            "ClusterContainsContainerInstancesException",
            "The Cluster cannot be deleted while Container Instances are active or draining.",
        )
    if any(service.status != "INACTIVE" for service in cluster.services.values()):
        raise EcsError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
    if any(task.last_status != "STOPPED" for task in cluster.tasks.values()):
        raise EcsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
    cluster.status = "INACTIVE"
    cluster.capacity_providers, cluster.default_strategy, cluster.attachments_status = [], [], ""
    return {"cluster": to_api(call, cluster, {"SETTINGS"})}


def to_api(call: Call, cluster: Cluster, include: set[str]) -> Json:
    tasks = cluster.tasks.values()
    answer: Json = {
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": cluster.status,
        "registeredContainerInstancesCount": sum(i.status != "INACTIVE" for i in cluster.instances.values()),
        "runningTasksCount": sum(task.last_status == "RUNNING" for task in tasks),
        "pendingTasksCount": sum(task.pending for task in tasks),
        "activeServicesCount": sum(service.status == "ACTIVE" for service in cluster.services.values()),
        "statistics": _statistics(cluster) if "STATISTICS" in include else [],
        "tags": tag_list(cluster.tags) if "TAGS" in include else [],
        "settings": cluster.settings if "SETTINGS" in include else [],
        "capacityProviders": cluster.capacity_providers,
        "defaultCapacityProviderStrategy": cluster.default_strategy,
    }
    if "CONFIGURATIONS" in include and cluster.configuration:
        answer["configuration"] = cluster.configuration
    if cluster.service_connect_defaults:
        answer["serviceConnectDefaults"] = cluster.service_connect_defaults
    if "ATTACHMENTS" in include:
        answer |= compact({"attachments": _attachments(call, cluster), "attachmentsStatus": cluster.attachments_status})
    return answer


def _insights(call: Call) -> Json:
    """Return the setting that the account gives to new clusters."""
    return {"name": "containerInsights", "value": account_settings.effective(call, "containerInsights")}


def _namespace(call: Call, reference: str) -> Json:
    """Return the default namespace of a cluster, as its ARN; ECS creates an HTTP namespace of a new name."""
    if not reference:
        return {}
    known = call.state.aws.namespace(call.scope, reference)
    if not known and reference.startswith("arn:"):
        raise EcsError("NamespaceNotFoundException", f"The namespace {reference} was not found.")
    return {"namespace": known or call.state.aws.create_namespace(call.scope, reference)}


def _settings(changes: list[Json], current: list[Json]) -> list[Json]:
    values = {"containerInsights": "disabled"} | {setting["name"]: setting["value"] for setting in current}
    for change in changes:
        if change.get("value") not in ("enabled", "disabled", "enhanced"):
            raise invalid(f"Invalid value for setting {change.get('name')}: {change.get('value')}.")
        values[change["name"]] = change["value"]
    return [{"name": name, "value": value} for name, value in values.items()]


def _attach(call: Call, cluster: Cluster, providers: list[str], strategy: list[Json]) -> None:
    groups = {name for name in [*providers, *cluster.capacity_providers] if name not in FARGATE_PROVIDERS}
    cluster.capacity_providers, cluster.default_strategy = providers, strategy
    if groups:
        cluster.attachments_status = "UPDATE_IN_PROGRESS"
        call.state.timers.add(
            call.now + _ATTACH_SECONDS, "attached", call.scope.account, call.scope.region, cluster.name
        )


def _attachments(call: Call, cluster: Cluster) -> list[Json]:
    status = "UPDATING" if cluster.attachments_status == "UPDATE_IN_PROGRESS" else "CREATED"
    found = []
    for name in cluster.capacity_providers:
        provider = call.region.capacity_providers.get(name)
        if provider and provider.auto_scaling.get("managedScaling", {}).get("status") == "ENABLED":
            details = [
                {"name": "capacityProviderName", "value": name},
                {"name": "scalingPlanName", "value": f"ECSManagedAutoScalingPlan-{name}"},
            ]
            found.append(
                {"id": f"{cluster.name}-{name}", "type": "managed_scaling", "status": status, "details": details}
            )
    return found


def in_use(cluster: Cluster, provider: str) -> bool:
    return any(
        item["capacityProvider"] == provider
        for service in cluster.services.values()
        if service.status == "ACTIVE"
        for item in service.revision.capacity_provider_strategy
    ) or any(task.capacity_provider == provider and task.live for task in cluster.tasks.values())


def _statistics(cluster: Cluster) -> list[Json]:
    counts: dict[str, int] = {}
    for kind in ("EC2", "Fargate"):
        tasks = [t for t in cluster.tasks.values() if t.launch_type == kind.upper()]
        services = [s for s in cluster.services.values() if _kind(s.revision.launch_type) == kind]
        counts[f"running{kind}TasksCount"] = sum(task.last_status == "RUNNING" for task in tasks)
        counts[f"pending{kind}TasksCount"] = sum(task.pending for task in tasks)
        counts[f"active{kind}ServiceCount"] = sum(service.status == "ACTIVE" for service in services)
        counts[f"draining{kind}ServiceCount"] = sum(service.status == "DRAINING" for service in services)
    return [{"name": name, "value": str(count)} for name, count in counts.items()]


def _kind(launch_type: str) -> str:
    return "Fargate" if launch_type == "FARGATE" else "EC2"


OPERATIONS: dict[str, Handler] = {
    "CreateCluster": create_cluster,
    "DescribeClusters": describe_clusters,
    "ListClusters": list_clusters,
    "UpdateCluster": update_cluster,
    "UpdateClusterSettings": update_cluster_settings,
    "PutClusterCapacityProviders": put_cluster_capacity_providers,
    "DeleteCluster": delete_cluster,
}

from collections.abc import Mapping

from ecsdash.sandbox.ecs import quotas
from ecsdash.sandbox.ecs.call import Call, Handler, tag_list, tags_from
from ecsdash.sandbox.ecs.errors import EcsError, invalid, resource_not_found
from ecsdash.sandbox.ecs.models import CapacityProvider, Cluster, ContainerInstance, Json, Service, Task, TaskDefinition
from ecsdash.sandbox.ecs.state import own

_Tagged = Cluster | TaskDefinition | CapacityProvider | Service | Task | ContainerInstance


def tag_resource(call: Call, params: Json) -> Json:
    tags = _tags_of(call, params["resourceArn"])
    changes = tags_from(params)
    quotas.check_tags(len(tags | changes))
    tags.update(changes)
    return {}


def untag_resource(call: Call, params: Json) -> Json:
    tags = _tags_of(call, params["resourceArn"])
    for key in params["tagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags_for_resource(call: Call, params: Json) -> Json:
    try:
        return {"tags": tag_list(_tags_of(call, params["resourceArn"]))}
    except EcsError as error:
        raise invalid(error.message) from error


def _tags_of(call: Call, resource_arn: str) -> dict[str, str]:
    parts = resource_arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "ecs" or "/" not in parts[5]:
        raise invalid(f"Invalid resource ARN: {resource_arn}")
    kind = parts[5].split("/", 1)[0]
    path = own(call.scope, resource_arn, kind)
    tags = _cluster_tags(call, kind, path) if kind in _IN_CLUSTER else _region_tags(call, kind, path)
    if tags is None:
        raise resource_not_found(f"The specified resource could not be found: {resource_arn}")
    return tags


_IN_CLUSTER = ("service", "task", "container-instance")


def _region_tags(call: Call, kind: str, path: str) -> dict[str, str] | None:
    nouns: dict[str, Mapping[str, _Tagged]] = {
        "cluster": call.region.clusters,
        "task-definition": call.region.task_definitions,
        "capacity-provider": call.region.capacity_providers,
    }
    found = nouns.get(kind, {}).get(path)
    return found.tags if found else None


def _cluster_tags(call: Call, kind: str, path: str) -> dict[str, str] | None:
    cluster_name, _, name = path.partition("/")
    cluster = call.region.clusters.get(cluster_name)
    if cluster is None:
        return None
    nouns: dict[str, Mapping[str, _Tagged]] = {
        "service": cluster.services,
        "task": cluster.tasks,
        "container-instance": cluster.instances,
    }
    found = nouns[kind].get(name)
    return found.tags if found else None


OPERATIONS: dict[str, Handler] = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}

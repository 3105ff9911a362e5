import json

from ecsdash.sandbox.ecs import quotas
from ecsdash.sandbox.ecs.call import Call, Handler, missing, tags_from
from ecsdash.sandbox.ecs.descriptions.container_instances import to_api
from ecsdash.sandbox.ecs.engine import expressions, instances, shutdown
from ecsdash.sandbox.ecs.errors import invalid
from ecsdash.sandbox.ecs.models import Cluster, ContainerInstance, Json
from ecsdash.sandbox.ecs.paging import page_strings
from ecsdash.sandbox.ecs.state import in_cluster, short


def list_container_instances(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    status = params.get("status")
    matches = expressions.parse(params.get("filter", ""))
    arns = [
        instance.arn
        for instance in cluster.instances.values()
        if (status is None or instance.status == status) and matches(expressions.facts(cluster, instance))
    ]
    shown, token = page_strings(arns, params, default=100)
    return {"containerInstanceArns": shown, **token}


def describe_container_instances(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    _check_batch(params["containerInstances"], 100)
    include = params.get("include", [])
    found, failures = [], []
    for reference in params["containerInstances"]:
        instance = lookup(call, cluster, reference)
        if instance:
            found.append(to_api(cluster, instance, include))
        else:
            failures.append(missing(call.arn(f"container-instance/{cluster.name}/{short(reference)}")))
    return {"containerInstances": found, "failures": failures}


def update_container_instances_state(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    _check_batch(params["containerInstances"], 10)
    if params["status"] not in ("ACTIVE", "DRAINING"):
        raise invalid("Container instance status should be one of [ACTIVE, DRAINING].")
    change = instances.drain if params["status"] == "DRAINING" else instances.activate
    found, failures = [], []
    for reference in params["containerInstances"]:
        instance = lookup(call, cluster, reference)
        if instance:
            change(call.state, call.scope, cluster, instance)
            found.append(to_api(cluster, instance, []))
        else:
            failures.append(missing(call.arn(f"container-instance/{cluster.name}/{short(reference)}")))
    return {"containerInstances": found, "failures": failures}


def deregister_container_instance(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    instance = find(call, cluster, params["containerInstance"])
    if instance.task_ids and not params.get("force"):
        raise invalid("Found running tasks on the instance.")
    for task_id in list(instance.task_ids):
        task = cluster.tasks[task_id]
        shutdown.cut_off(call.state, call.scope, cluster, task, "", "Container instance deregistered forcibly by user")
    instances.remove(call.state, call.scope, cluster, instance)
    return {"containerInstance": to_api(cluster, instance, [])}


def register_container_instance(call: Call, params: Json) -> Json:
    """What the agent itself calls. The identity document names the EC2 instance."""
    cluster = call.cluster(params)
    try:
        document = json.loads(params.get("instanceIdentityDocument", ""))
        instance_id, instance_type = document["instanceId"], document["instanceType"]
    except (ValueError, KeyError, TypeError) as error:
        raise invalid("Instance identity document is invalid.") from error
    quotas.check_container_instance(len(cluster.instances))
    place = instances.NetworkLocation(
        document.get("subnetId", ""), document.get("availabilityZone", ""), document.get("privateIp", "")
    )
    own_attributes = {item["name"]: item.get("value", "") for item in params.get("attributes", [])}
    instance = instances.register(call.state, call.scope, cluster, instance_id, instance_type, place, own_attributes)
    instance.tags = tags_from(params)
    return {"containerInstance": to_api(cluster, instance, ["TAGS"])}


def lookup(call: Call, cluster: Cluster, reference: str) -> ContainerInstance | None:
    return cluster.instances.get(in_cluster(call.scope, cluster, reference, "container-instance"))


def find(call: Call, cluster: Cluster, reference: str) -> ContainerInstance:
    instance = lookup(call, cluster, reference)
    if instance is None:
        raise invalid("The referenced container instance was not found.")
    return instance


def _check_batch(references: list[str], most: int) -> None:
    if not references:
        raise invalid("Container instance cannot be empty.")
    if len(references) > most:
        raise invalid(f"Container instances cannot be more than {most} elements.")


OPERATIONS: dict[str, Handler] = {
    "ListContainerInstances": list_container_instances,
    "DescribeContainerInstances": describe_container_instances,
    "UpdateContainerInstancesState": update_container_instances_state,
    "DeregisterContainerInstance": deregister_container_instance,
    "RegisterContainerInstance": register_container_instance,
}

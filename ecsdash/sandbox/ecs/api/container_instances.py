import json

from .. import quotas
from ..call import Call, Handler, compact, missing, tag_list, tags_from
from ..engine import expressions, instances, shutdown
from ..errors import invalid
from ..paging import page_strings
from ..state import Cluster, ContainerInstance, Json
from ..world import own, short


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
        instance = cluster.instances.get(short(reference))
        if instance:
            found.append(wire(cluster, instance, include))
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
        instance = cluster.instances.get(short(reference))
        if instance:
            change(call.world, call.scope, cluster, instance)
            found.append(wire(cluster, instance, []))
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
        shutdown.cut_off(call.world, call.scope, cluster, task, "", "Container instance deregistered forcibly by user")
    instances.remove(call.world, cluster, instance)
    return {"containerInstance": wire(cluster, instance, [])}


def register_container_instance(call: Call, params: Json) -> Json:
    """What the agent itself calls. The identity document names the EC2 instance."""
    cluster = call.cluster(params)
    try:
        document = json.loads(params.get("instanceIdentityDocument", ""))
        instance_id, instance_type = document["instanceId"], document["instanceType"]
    except (ValueError, KeyError, TypeError) as error:
        raise invalid("Instance identity document is invalid.") from error
    quotas.check_container_instance(len(cluster.instances))
    place = instances.Place(
        document.get("subnetId", ""), document.get("availabilityZone", ""), document.get("privateIp", "")
    )
    own_attributes = {item["name"]: item.get("value", "") for item in params.get("attributes", [])}
    instance = instances.register(call.world, call.scope, cluster, instance_id, instance_type, place, own_attributes)
    instance.tags = tags_from(params)
    return {"containerInstance": wire(cluster, instance, ["TAGS"])}


def find(call: Call, cluster: Cluster, reference: str) -> ContainerInstance:
    instance = cluster.instances.get(short(own(call.scope, reference, "container-instance")))
    if instance is None:
        raise invalid("The referenced container instance was not found.")
    return instance


def wire(cluster: Cluster, instance: ContainerInstance, include: list[str]) -> Json:
    tasks = [cluster.tasks[task_id] for task_id in instance.task_ids]
    answer: Json = {
        "containerInstanceArn": instance.arn,
        "ec2InstanceId": instance.ec2_instance_id,
        "capacityProviderName": instance.capacity_provider or None,
        "version": instance.version,
        "versionInfo": {"agentVersion": "1.98.0", "agentHash": "1d7fe1fd", "dockerVersion": "DockerVersion: 25.0.8"},
        "registeredResources": _resources(instance.cpu, instance.memory, []),
        "remainingResources": _resources(
            instance.cpu - instance.used_cpu, instance.memory - instance.used_memory, instance.host_ports
        ),
        "status": instance.status,
        "agentConnected": instance.agent_connected,
        "runningTasksCount": sum(task.last_status == "RUNNING" for task in tasks),
        "pendingTasksCount": sum(task.pending for task in tasks),
        "attributes": attribute_list(instance),
        "registeredAt": instance.registered_at,
        "attachments": [],
        "tags": tag_list(instance.tags) if "TAGS" in include else [],
    }
    if "CONTAINER_INSTANCE_HEALTH" in include:
        answer["healthStatus"] = {"overallStatus": "OK" if instance.agent_connected else "IMPAIRED", "details": []}
    return compact(answer)


def attribute_list(instance: ContainerInstance) -> list[Json]:
    return [compact({"name": name, "value": value}) for name, value in sorted(instance.attributes.items())]


def _resources(cpu: int, memory: int, ports: list[list[str]]) -> list[Json]:
    agent_ports = {"tcp": ["22", "2375", "2376", "51678", "51679"], "udp": []}
    taken = {kind: agent_ports[kind] + [port for protocol, port in ports if protocol == kind] for kind in agent_ports}
    empty = {"doubleValue": 0.0, "longValue": 0}
    return [
        {"name": "CPU", "type": "INTEGER", **empty, "integerValue": cpu},
        {"name": "MEMORY", "type": "INTEGER", **empty, "integerValue": memory},
        {"name": "PORTS", "type": "STRINGSET", **empty, "integerValue": 0, "stringSetValue": taken["tcp"]},
        {"name": "PORTS_UDP", "type": "STRINGSET", **empty, "integerValue": 0, "stringSetValue": taken["udp"]},
    ]


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

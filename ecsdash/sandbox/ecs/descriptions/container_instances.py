"""A container instance as the API and its events show it."""

from ecsdash.sandbox.ecs.call import compact, tag_list
from ecsdash.sandbox.ecs.models import Cluster, ContainerInstance, Json


def to_api(cluster: Cluster, instance: ContainerInstance, include: list[str]) -> Json:
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

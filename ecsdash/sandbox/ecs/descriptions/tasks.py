"""A task as the API and its events show it."""

from ecsdash.sandbox.ecs.call import compact, tag_list
from ecsdash.sandbox.ecs.models import Cluster, Container, Json, Task


def to_api(cluster: Cluster, task: Task, tags: bool) -> Json:
    fargate = task.launch_type == "FARGATE"
    instance_arn = f"{cluster.arn.replace(':cluster/', ':container-instance/')}/{task.instance}"
    answer: Json = {
        "taskArn": task.arn,
        "clusterArn": cluster.arn,
        "taskDefinitionArn": task.definition_arn,
        "containerInstanceArn": instance_arn if task.instance else None,
        "launchType": task.launch_type,
        "capacityProviderName": task.capacity_provider,
        "platformVersion": task.platform_version,
        "platformFamily": task.platform_family,
        "availabilityZone": task.zone,
        "cpu": str(task.cpu),
        "memory": str(task.memory),
        "group": task.group,
        "startedBy": task.started_by,
        "enableExecuteCommand": task.enable_execute_command,
        "overrides": _overrides(task),
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "attachments": [*([_attachment(task)] if task.network else []), *map(_volume, task.volumes)],
        "containers": [_container(task, container) for container in task.containers],
        "lastStatus": task.last_status,
        "desiredStatus": task.desired_status,
        "healthStatus": task.health,
        "version": task.version,
        "tags": tag_list(task.tags) if tags else [],
        "ephemeralStorage": {"sizeInGiB": 20} if fargate else None,
    }
    return compact(answer | _times(task))


def _overrides(task: Task) -> Json:
    """Every container has an entry, if only with its name."""
    if not task.overrides:
        names = [{"name": container.name} for container in task.containers]
        return {"containerOverrides": names, "inferenceAcceleratorOverrides": []}
    given = {override.get("name"): override for override in task.overrides.get("containerOverrides", [])}
    each = [given.get(container.name, {"name": container.name}) for container in task.containers]
    return {"inferenceAcceleratorOverrides": [], **task.overrides, "containerOverrides": each}


def _times(task: Task) -> Json:
    connected = task.pull_started_at
    return {
        "createdAt": task.created_at,
        "connectivity": "CONNECTED" if connected else None,
        "connectivityAt": connected,
        "pullStartedAt": task.pull_started_at,
        "pullStoppedAt": task.pull_stopped_at,
        "startedAt": task.started_at,
        "stoppingAt": task.stopping_at,
        "executionStoppedAt": task.execution_stopped_at,
        "stoppedAt": task.stopped_at,
        "stopCode": task.stop_code,
        "stoppedReason": task.stopped_reason,
    }


def _attachment(task: Task) -> Json:
    attached = "ATTACHED" if task.eni_id else "PRECREATED"
    status = "DELETED" if task.last_status == "STOPPED" else attached
    details = {"subnetId": task.subnet}
    if task.eni_id:
        host = task.private_ip.replace(".", "-")
        details |= {
            "networkInterfaceId": task.eni_id,
            "macAddress": task.mac,
            "privateDnsName": f"ip-{host}.{task.arn.split(':')[3]}.compute.internal",
            "privateIPv4Address": task.private_ip,
        }
    shown = [{"name": name, "value": value} for name, value in details.items() if value]
    return {
        "id": task.eni_attachment or task.id,
        "type": "ElasticNetworkInterface",
        "status": status,
        "details": shown,
    }


def _volume(volume: Json) -> Json:
    configuration = volume["configuration"]
    details = {
        "roleArn": configuration.get("roleArn"),
        "volumeName": volume["name"],
        "filesystemType": configuration.get("filesystemType", "xfs"),
        "sizeInGiB": configuration.get("sizeInGiB"),
        "volumeType": configuration.get("volumeType", "gp3"),
        "deleteOnTermination": str(volume["delete"]).lower(),
        "volumeId": volume.get("volumeId"),
    }
    shown = [{"name": name, "value": str(value)} for name, value in details.items() if value is not None]
    return {"id": volume["id"], "type": "AmazonElasticBlockStorage", "status": volume["status"], "details": shown}


def _container(task: Task, container: Container) -> Json:
    interfaces = [{"attachmentId": task.eni_attachment, "privateIpv4Address": task.private_ip}] if task.eni_id else []
    agents = [
        {"name": "ExecuteCommandAgent", "lastStatus": container.last_status, "lastStartedAt": container.started_at}
    ]
    enabled = task.enable_execute_command and container.started_at is not None
    return compact(
        {
            "containerArn": container.arn,
            "taskArn": task.arn,
            "name": container.name,
            "image": container.image,
            "imageDigest": container.image_digest,
            "runtimeId": container.runtime_id,
            "lastStatus": container.last_status,
            "exitCode": container.exit_code,
            "reason": container.reason,
            "networkBindings": container.bindings,
            "networkInterfaces": interfaces,
            "healthStatus": container.health or "UNKNOWN",
            "managedAgents": agents if enabled else None,
            "cpu": container.cpu,
            "memory": container.memory,
            "memoryReservation": container.memory_reservation,
        }
    )

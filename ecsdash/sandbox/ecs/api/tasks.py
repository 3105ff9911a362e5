import re

from ..call import Call, Handler, compact, missing, tag_list
from ..engine import shutdown
from ..engine.containers import health_of
from ..errors import EcsError, invalid, service_not_found
from ..paging import page_strings
from ..state import Cluster, Container, Json, Task
from ..world import own, short

_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f-]{36}")


def list_tasks(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    if "serviceName" in params and short(params["serviceName"]) not in cluster.services:
        raise service_not_found()
    wanted: Json = {
        "desired_status": params.get("desiredStatus", "RUNNING"),
        "launch_type": params.get("launchType"),
        "started_by": params.get("startedBy"),
        "service": short(params["serviceName"]) if "serviceName" in params else None,
        "instance": short(params["containerInstance"]) if "containerInstance" in params else None,
    }
    family = params.get("family")
    arns = [
        task.arn
        for task in cluster.tasks.values()
        if all(value is None or getattr(task, name) == value for name, value in wanted.items())
        and family in (None, _family(task))
    ]
    shown, token = page_strings(arns, params, default=100)
    return {"taskArns": shown, **token}


def describe_tasks(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    references = params["tasks"]
    if not references:
        raise invalid("Tasks cannot be empty.")
    if len(references) > 100:
        raise invalid("Tasks cannot be more than 100 elements.")
    found, failures = [], []
    for reference in references:
        task = lookup(call, cluster, reference)
        if task:
            found.append(wire(cluster, task, tags="TAGS" in params.get("include", [])))
        else:
            failures.append(missing(call.arn(f"task/{cluster.name}/{short(reference)}")))
    return {"tasks": found, "failures": failures}


def stop_task(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    reason = params.get("reason", "Task stopped by user")
    if len(reason) > 1024:
        raise invalid("Reason can have at most 1024 characters.")
    task = find(call, cluster, params["task"])
    shutdown.stop(call.world, call.scope, cluster, task, "UserInitiated", reason)
    return {"task": wire(cluster, task, tags=True)}


def execute_command(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    task = find(call, cluster, params["task"])
    if not params["interactive"]:
        raise invalid("Interactive is the only mode supported currently.")
    if not task.enable_execute_command:
        raise invalid(
            "The execute command failed because execute command was not enabled when the task was run or the execute "
            "command agent isn't running. Wait and try again or run a new task with execute command enabled and try "
            "again."
        )
    container = _container_for_command(task, params.get("container"))
    if not task.running or container.last_status != "RUNNING":
        raise EcsError(
            "TargetNotConnectedException",
            "The execute command failed due to an internal error. Try again later.",
        )
    session = f"ecs-execute-command-{call.world.hex_id()[:17]}"
    endpoint = f"wss://ssmmessages.{call.scope.region}.amazonaws.com/v1/data-channel/{session}?role=publish_subscribe"
    return {
        "clusterArn": cluster.arn,
        "containerArn": container.arn,
        "containerName": container.name,
        "interactive": True,
        "session": {"sessionId": session, "streamUrl": endpoint, "tokenValue": call.world.hex_id()},
        "taskArn": task.arn,
    }


def lookup(call: Call, cluster: Cluster, reference: str) -> Task | None:
    cluster_name, _, task_id = own(call.scope, reference, "task").rpartition("/")
    if not _ID.fullmatch(task_id):
        raise invalid("taskId length should be one of [32,36]")
    return cluster.tasks.get(task_id) if cluster_name in ("", cluster.name) else None


def find(call: Call, cluster: Cluster, reference: str) -> Task:
    task = lookup(call, cluster, reference)
    if task is None:
        raise invalid("The referenced task was not found.")
    return task


def wire(cluster: Cluster, task: Task, tags: bool) -> Json:
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
        "platformFamily": "Linux" if fargate else None,
        "availabilityZone": task.zone,
        "cpu": str(task.cpu),
        "memory": str(task.memory),
        "group": task.group,
        "startedBy": task.started_by,
        "enableExecuteCommand": task.enable_execute_command,
        "overrides": {"containerOverrides": [], "inferenceAcceleratorOverrides": []} | task.overrides,
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "attachments": [_attachment(task)] if task.network else [],
        "containers": [_container(task, container) for container in task.containers],
        "lastStatus": task.last_status,
        "desiredStatus": task.desired_status,
        "healthStatus": health_of(task),
        "version": task.version,
        "tags": tag_list(task.tags) if tags else [],
        "ephemeralStorage": {"sizeInGiB": 20} if fargate else None,
    }
    return compact(answer | _times(task))


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


def _container_for_command(task: Task, name: str | None) -> Container:
    if name is None and len(task.containers) > 1:
        raise invalid("Container name is required for tasks with more than one container.")
    for container in task.containers:
        if name in (None, container.name):
            return container
    raise invalid(f"The container {name} was not found in the task.")


def _family(task: Task) -> str:
    return short(task.definition_arn).rpartition(":")[0]


OPERATIONS: dict[str, Handler] = {
    "ListTasks": list_tasks,
    "DescribeTasks": describe_tasks,
    "StopTask": stop_task,
    "ExecuteCommand": execute_command,
}

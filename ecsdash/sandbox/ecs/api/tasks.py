import re

from ecsdash.sandbox.ecs.call import Call, Handler, missing
from ecsdash.sandbox.ecs.descriptions.tasks import to_api
from ecsdash.sandbox.ecs.engine import shutdown
from ecsdash.sandbox.ecs.errors import EcsError, invalid, service_not_found
from ecsdash.sandbox.ecs.models import Cluster, Container, Json, Task
from ecsdash.sandbox.ecs.paging import page_strings
from ecsdash.sandbox.ecs.state import in_cluster, short

_NOT_WITH_STARTED_BY = ("family", "serviceName", "containerInstance", "launchType")
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f-]{36}")


def list_tasks(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    other = [name for name in _NOT_WITH_STARTED_BY if name in params]
    if "startedBy" in params and other:
        raise invalid(f"Cannot specify startedBy together with {', '.join(other)}: it must be the only filter.")
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
            found.append(to_api(cluster, task, tags="TAGS" in params.get("include", [])))
        else:
            failures.append(missing(call.arn(f"task/{cluster.name}/{short(reference)}")))
    return {"tasks": found, "failures": failures}


def stop_task(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    reason = params.get("reason", "Task stopped by user")
    if len(reason) > 1024:
        raise invalid("Reason can have at most 1024 characters.")
    task = find(call, cluster, params["task"])
    shutdown.stop(call.state, call.scope, cluster, task, "UserInitiated", reason)
    return {"task": to_api(cluster, task, tags=True)}


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
    session = f"ecs-execute-command-{call.state.hex_id()[:17]}"
    endpoint = f"wss://ssmmessages.{call.scope.region}.amazonaws.com/v1/data-channel/{session}?role=publish_subscribe"
    return {
        "clusterArn": cluster.arn,
        "containerArn": container.arn,
        "containerName": container.name,
        "interactive": True,
        "session": {"sessionId": session, "streamUrl": endpoint, "tokenValue": call.state.hex_id()},
        "taskArn": task.arn,
    }


def lookup(call: Call, cluster: Cluster, reference: str) -> Task | None:
    task_id = in_cluster(call.scope, cluster, reference, "task")
    if not _ID.fullmatch(task_id):
        raise invalid("taskId length should be one of [32,36]")
    return cluster.tasks.get(task_id)


def find(call: Call, cluster: Cluster, reference: str) -> Task:
    task = lookup(call, cluster, reference)
    if task is None:
        raise invalid("The referenced task was not found.")
    return task


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

from ecsdash.sandbox.ecs.api.tasks import lookup
from ecsdash.sandbox.ecs.call import Call, Handler, compact, missing
from ecsdash.sandbox.ecs.errors import invalid
from ecsdash.sandbox.ecs.models import Cluster, Json, Task
from ecsdash.sandbox.ecs.state import short

_DEFAULT_MINUTES = 120
_MOST_MINUTES = 2880


def get_task_protection(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    if len(params.get("tasks", [])) > 100:
        raise invalid("Tasks cannot be more than 100 elements.")
    references = params.get("tasks") or [task.arn for task in cluster.tasks.values() if task.service and task.live]
    found, failures = _find_all(call, cluster, references)
    return {"protectedTasks": [_wire(call, task) for task in found], "failures": failures}


def update_task_protection(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    if not 1 <= len(params["tasks"]) <= 10:
        raise invalid("Tasks must contain between 1 and 10 elements.")
    minutes = params.get("expiresInMinutes", _DEFAULT_MINUTES)
    if not 1 <= minutes <= _MOST_MINUTES:
        raise invalid(f"expiresInMinutes must be between 1 and {_MOST_MINUTES}.")
    found, failures = _find_all(call, cluster, params["tasks"])
    for task in found:
        task.protected_until = call.now + 60 * minutes if params["protectionEnabled"] else None
    return {"protectedTasks": [_wire(call, task) for task in found], "failures": failures}


def _find_all(call: Call, cluster: Cluster, references: list[str]) -> tuple[list[Task], list[Json]]:
    found, failures = [], []
    for reference in references:
        task = lookup(call, cluster, reference)
        if task is None:
            failures.append(missing(call.arn(f"task/{cluster.name}/{short(reference)}")))
        elif not task.service or not task.live:
            detail = "Task protection is only for running tasks of a service."
            failures.append({"arn": task.arn, "reason": "TASK_NOT_VALID", "detail": detail})
        else:
            found.append(task)
    return found, failures


def _wire(call: Call, task: Task) -> Json:
    until = task.protected_until
    enabled = until is not None and call.now < until
    return compact({"taskArn": task.arn, "protectionEnabled": enabled, "expirationDate": until if enabled else None})


OPERATIONS: dict[str, Handler] = {
    "GetTaskProtection": get_task_protection,
    "UpdateTaskProtection": update_task_protection,
}

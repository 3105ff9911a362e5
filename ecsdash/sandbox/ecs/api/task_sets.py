"""Task sets of services with a CODE_DEPLOY controller: shown here, changed by CodeDeploy only."""

from ecsdash.sandbox.ecs.api.services import find
from ecsdash.sandbox.ecs.call import Call, Handler, missing
from ecsdash.sandbox.ecs.descriptions import task_sets
from ecsdash.sandbox.ecs.errors import invalid
from ecsdash.sandbox.ecs.models import Json
from ecsdash.sandbox.ecs.state import short


def describe_task_sets(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    service = find(call, cluster, params["service"])
    if service.controller == "ECS":
        raise invalid("Task sets are not supported for services with an ECS deployment controller.")
    known = task_sets.to_api(cluster, service, list(call.state.tasks_of(cluster, service)))["taskSets"]
    if not params.get("taskSets"):
        return {"taskSets": known, "failures": []}
    by_name = {each["id"].rpartition("/")[2]: each for each in known}
    names = [short(reference) for reference in params["taskSets"]]
    found = [by_name[name] for name in names if name in by_name]
    prefix = service.arn.replace(":service/", ":task-set/")
    return {"taskSets": found, "failures": [missing(f"{prefix}/{name}") for name in names if name not in by_name]}


def refuse_change(call: Call, params: Json) -> Json:
    """CreateTaskSet, UpdateTaskSet, DeleteTaskSet and UpdateServicePrimaryTaskSet are for EXTERNAL services."""
    service = find(call, call.cluster(params), params["service"])
    raise invalid(
        f"Task sets of services with the deployment controller {service.controller} cannot be changed. "
        "The deployment controller must be EXTERNAL."
    )


OPERATIONS: dict[str, Handler] = {
    "CreateTaskSet": refuse_change,
    "DeleteTaskSet": refuse_change,
    "DescribeTaskSets": describe_task_sets,
    "UpdateServicePrimaryTaskSet": refuse_change,
    "UpdateTaskSet": refuse_change,
}

"""Look-ups and conditions for the removal of created resources."""

from collections.abc import Callable
from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import LOOKUPS, Progress, condition, lookup, reader
from ecsdash.operations.models import Operation
from ecsdash.operations.refs import STEP_TAG


@lookup
def cluster_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    found = aws.call("ecs.describe_clusters", clusters=[params["clusterName"]], include=["TAGS"]).data["clusters"]
    mine = [each for each in found if each["status"] != "INACTIVE" and _has_tag(each, step_id)]
    return {"cluster": mine[0]} if mine else None


@lookup
def service_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    wanted = {"cluster": params["cluster"], "services": [params["serviceName"]], "include": ["TAGS"]}
    try:
        found = aws.call("ecs.describe_services", **wanted).data["services"]
    except NotFound:
        return None
    mine = [each for each in found if each["status"] != "INACTIVE" and _has_tag(each, step_id)]
    return {"service": mine[0]} if mine else None


@lookup
def cloud_map_service_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return the Cloud Map service `Service` in the namespace `Name` that the step created."""
    namespace = LOOKUPS["namespace_of_step"](aws, params, step_id)
    if namespace is None:
        return None
    within = [{"Name": "NAMESPACE_ID", "Values": [namespace["Id"]], "Condition": "EQ"}]
    services = aws.collect("servicediscovery.list_services", "Services", Filters=within)
    return next(({"Id": each["Id"]} for each in services if each["Name"] == params["Service"]), None)


@condition
def load_balancer_gone(aws: Aws, load_balancer: str) -> Progress:
    return _gone("load balancer", lambda: aws.call("elbv2.describe_load_balancers", LoadBalancerArns=[load_balancer]))


@condition
def mount_target_gone(aws: Aws, mount_target: str) -> Progress:
    return _gone("mount target", lambda: aws.call("efs.describe_mount_targets", MountTargetId=mount_target))


@condition
def file_system_gone(aws: Aws, file_system: str) -> Progress:
    return _gone("file system", lambda: aws.call("efs.describe_file_systems", FileSystemId=file_system))


@condition
def secret_gone(aws: Aws, secret: str) -> Progress:
    """Wait until the secret is deleted: before, AWS refuses another secret of the same name."""
    return _gone("secret", lambda: aws.call("secretsmanager.describe_secret", SecretId=secret))


@condition
def created_service_gone(aws: Aws, find: dict[str, Any]) -> Progress:
    """Wait until the service is deleted: after its last task has stopped. `find` as in Step.find."""
    found = LOOKUPS[find["lookup"]](aws, find["params"], find["step"])
    left = found["service"]["runningCount"] if found else 0
    message = f"Draining: {left} running tasks" if found else "Deleted"
    return Progress(int(found is None), 1, message, finished=found is None)


@condition
def created_resource_gone(aws: Aws, find: dict[str, Any]) -> Progress:
    """Wait until the look-up returns nothing. `find` as in Step.find."""
    found = LOOKUPS[find["lookup"]](aws, find["params"], find["step"])
    return Progress(int(found is None), 1, "Deleting" if found else "Deleted", finished=found is None)


@reader
def operation_state(aws: Aws, operation: str) -> dict[str, Any] | None:
    """Return the state of the operation, to detect that it was continued."""
    found = Operation.objects.filter(pk=operation).first()
    return state_of(found) if found else None


def state_of(operation: Operation) -> dict[str, Any]:
    """Return the values that an observation of operation_state compares."""
    return {"state": operation.state, "answered calls": operation.steps.filter(answered=True).count()}


def _gone(noun: str, describe: Callable[[], Any]) -> Progress:
    try:
        describe()
    except NotFound:
        return Progress(1, 1, f"The {noun} is deleted", finished=True)
    return Progress(0, 1, f"The {noun} is being deleted")


def _has_tag(described: dict[str, Any], step_id: str) -> bool:
    return tag_dict(described.get("tags")).get(STEP_TAG) == step_id

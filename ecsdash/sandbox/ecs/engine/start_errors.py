"""Why a task stops before its containers start, in the words of its stopped reason."""

from ecsdash.sandbox.ecs.engine import image_errors, logs
from ecsdash.sandbox.ecs.engine.behaviour import effective_behaviour
from ecsdash.sandbox.ecs.engine.definitions import container_definition
from ecsdash.sandbox.ecs.models import Json, Task, TaskDefinition
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope


def find(state: EcsState, scope: Scope, task: Task) -> str:
    """Return the stopped reason, or an empty text if the task can start."""
    return _initialization_error(state, scope, task) or _pull_error(state, scope, task)


def missing_role(state: EcsState, scope: Scope, definition: TaskDefinition, overrides: Json) -> str:
    for name in ("taskRoleArn", "executionRoleArn"):
        role = overrides.get(name) or definition.body.get(name)
        if role and not state.aws.role_exists(scope, role):
            return str(role)
    return ""


def assume_role_error(role: str) -> str:
    return (
        f"ECS was unable to assume the role '{role}' that was provided for this task. Please verify that the role "
        "being passed has the proper trust relationship and permissions and that your IAM user has permissions to "
        "pass this role."
    )


def _initialization_error(state: EcsState, scope: Scope, task: Task) -> str:
    definition = state.definition(scope, task.definition_arn)
    role = missing_role(state, scope, definition, task.overrides)
    if role:
        return assume_role_error(role)
    for container in definition.body["containerDefinitions"]:
        for secret in container.get("secrets", []):
            struck = state.faults.affects("secret-missing", task.group, task.cluster)
            if struck or not state.aws.secret_exists(scope, secret["valueFrom"]):
                return _secret_error(secret["valueFrom"])
    if problem := _unreachable_registry(state, scope, task) or _mount_problem(state, scope, task, definition):
        return problem
    group = logs.missing_group(state, scope, task)
    if group:
        return (
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
            "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not "
            f"exist. Log group: {group} : exit status 1"
        )
    return ""


def _secret_error(value_from: str) -> str:
    if ":ssm:" in value_from or not value_from.startswith("arn:"):
        store, cause = "ssm", f"invalid parameters: {value_from}"
    else:
        store = "asm"
        cause = (
            f"failed to fetch secret {value_from} from secrets manager: ResourceNotFoundException: "
            "Secrets Manager can't find the specified secret."
        )
    return (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        f"unable to retrieve secret from {store}: service call has been retried 1 time(s): {cause}"
    )


def _unreachable_registry(state: EcsState, scope: Scope, task: Task) -> str:
    """Tasks on instances pull their images through the network of the instance."""
    if task.instance or not task.network:
        return ""
    public = task.network.get("assignPublicIp") == "ENABLED"
    for container in task.containers:
        if not state.aws.reaches_registry(scope, container.image, task.subnet, public_ip=public):
            return image_errors.unreachable(scope.region, container.image)
    return ""


def _mount_problem(state: EcsState, scope: Scope, task: Task, definition: TaskDefinition) -> str:
    for volume in definition.body["volumes"]:
        efs = volume.get("efsVolumeConfiguration")
        if efs and task.subnet and (problem := state.aws.mount_problem(scope, efs, task.subnet, task.eni_id)):
            return (
                "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: "
                f"stderr: {problem} : unsuccessful EFS utils command execution; code: 1"
            )
    return ""


def _pull_error(state: EcsState, scope: Scope, task: Task) -> str:
    """Return the stopped reason; on a container instance it only says that the task failed to start."""
    definition = state.definition(scope, task.definition_arn)
    for container in task.containers:
        body = container_definition(definition, container.name)
        missing = state.aws.missing_image(scope, container.image)
        if missing or not effective_behaviour(state, task, container, body).pullable:
            if task.instance:
                container.reason = image_errors.of_docker(container.image, missing)
                return "Task failed to start"
            container.reason = image_errors.of_fargate(container.image)
            return container.reason
    return ""

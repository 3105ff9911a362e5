"""Start of a task: PROVISIONING (network interface), PENDING (image pull), or stopped with the reason."""

from ecsdash.sandbox.ecs.engine import containers, image_errors, logs, notify, shutdown
from ecsdash.sandbox.ecs.engine.behaviour import effective_behaviour
from ecsdash.sandbox.ecs.engine.definitions import container_definition
from ecsdash.sandbox.ecs.models import Cluster, Json, Task, TaskDefinition
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope

_NO_ADDRESS = (
    "Unexpected EC2 error while attempting to Create Network Interface in subnet '{}': "
    "InsufficientFreeAddressesInSubnet"
)


def begin(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    """Start a task that was placed on an instance or on Fargate."""
    definition = state.definition(scope, task.definition_arn)
    if task.instance:
        _bind_ports(cluster, task, definition)
    if task.network or task.last_status == "PROVISIONING":
        task.last_status = "PROVISIONING"
        state.timers.add(state.now + state.about(4), "task.provisioned", task.arn)
    else:
        _pull(state, scope, cluster, task)


def provisioned(state: EcsState, task_arn: str) -> None:
    found = state.find_task(task_arn)
    if found is None or not found[2].live or found[2].last_status != "PROVISIONING":
        return
    scope, cluster, task = found
    if task.network:
        groups = task.network.get("securityGroups", [])
        interface = state.aws.create_network_interface(scope, task.subnet, groups)
        if interface is None:
            reason = _NO_ADDRESS.format(task.subnet)
            shutdown.stop(state, scope, cluster, task, "TaskFailedToStart", reason)
            return
        task.eni_id, task.private_ip, task.mac = interface.id, interface.private_ip, interface.mac
        task.eni_attachment = state.uuid()
    _pull(state, scope, cluster, task)


def pulled(state: EcsState, task_arn: str) -> None:
    found = state.find_task(task_arn)
    if found is None or not found[2].live or found[2].last_status != "PENDING":
        return
    scope, cluster, task = found
    reason = _initialization_error(state, scope, task) or _pull_error(state, scope, task)
    if reason:
        shutdown.stop(state, scope, cluster, task, "TaskFailedToStart", reason)
        return
    _note_digests(state, scope, cluster, task)
    task.pull_stopped_at = state.now
    notify.task_changed(state, scope, cluster, task)
    containers.start_ready(state, scope, task)


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


def _pull(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    task.last_status, task.pull_started_at = "PENDING", state.now
    notify.task_changed(state, scope, cluster, task)
    state.timers.add(state.now + state.about(4), "task.pulled", task.arn)


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


def _note_digests(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    """All tasks of a service revision run the images that its first task pulled (version consistency)."""
    service, resolved = cluster.services.get(task.service), dict[str, str]()
    for deployment in service.deployments if service else ():
        if service and deployment.id == task.deployment:
            resolved = service.revisions[deployment.revision].image_digests
    definition = state.definition(scope, task.definition_arn)
    for container in task.containers:
        body = container_definition(definition, container.name)
        if body.get("versionConsistency") == "disabled":
            container.image_digest = state.aws.image_digest(scope, container.image)
            continue
        if container.name not in resolved:
            resolved[container.name] = state.aws.image_digest(scope, container.image)
        container.image_digest = resolved[container.name]


def _bind_ports(cluster: Cluster, task: Task, definition: TaskDefinition) -> None:
    """Bind host ports to container ports for tasks that use the network of their instance."""
    if task.network:
        return
    task.private_ip = cluster.instances[task.instance].private_ip
    held = iter(task.host_ports)
    for container in task.containers:
        mappings = container_definition(definition, container.name)["portMappings"]
        for mapping in [mapping for mapping in mappings if "containerPort" in mapping]:
            protocol, port = next(held)
            container.bindings.append(
                {
                    "bindIP": "0.0.0.0",  # noqa: S104 (shown, not listened on)
                    "containerPort": mapping["containerPort"],
                    "hostPort": int(port),
                    "protocol": protocol,
                }
            )

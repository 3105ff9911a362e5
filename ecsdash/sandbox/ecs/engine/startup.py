"""Start of a task: PROVISIONING (network interface), PENDING (image pull), or stopped with the reason."""

from ecsdash.sandbox.ecs.engine import containers, notify, shutdown, start_errors, volumes
from ecsdash.sandbox.ecs.engine.definitions import container_definition
from ecsdash.sandbox.ecs.models import Cluster, Task, TaskDefinition
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
    reason = start_errors.find(state, scope, task) or volumes.attach(state, scope, task)
    if reason:
        shutdown.stop(state, scope, cluster, task, "TaskFailedToStart", reason)
        return
    _note_digests(state, scope, cluster, task)
    task.pull_stopped_at = state.now
    notify.task_changed(state, scope, cluster, task)
    containers.start_ready(state, scope, task)


def _pull(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    task.last_status, task.pull_started_at = "PENDING", state.now
    notify.task_changed(state, scope, cluster, task)
    state.timers.add(state.now + state.about(4), "task.pulled", task.arn)


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

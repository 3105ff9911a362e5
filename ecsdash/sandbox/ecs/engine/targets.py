"""Target groups and host names of a running task."""

from collections import Counter

from ecsdash.sandbox.ecs.engine.behaviour import effective_behaviour
from ecsdash.sandbox.ecs.engine.definitions import container_definition
from ecsdash.sandbox.ecs.engine.events import add_event
from ecsdash.sandbox.ecs.models import Cluster, Service, Target, Task
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope


def register(state: EcsState, scope: Scope, cluster: Cluster, service: Service, task: Task) -> None:
    definition = state.definition(scope, task.definition_arn)
    for balancer in task.load_balancers:
        container = container_definition(definition, balancer["containerName"])
        target_id, port = _address(cluster, task, container["name"], balancer["containerPort"])
        running = next(item for item in task.containers if item.name == container["name"])
        outcome = effective_behaviour(state, task, running, container)
        state.aws.register_target(
            scope, balancer["targetGroupArn"], target_id, port, task.zone, healthy=outcome.healthy
        )
        task.targets.append(Target(balancer["targetGroupArn"], target_id, port))
        add_event(state, service, f"registered 1 targets in (target-group {balancer['targetGroupArn']})")


def renew(state: EcsState, scope: Scope, task: Task) -> None:
    """Register targets again whose health changes because of a fault."""
    definition = state.definition(scope, task.definition_arn)
    for target in task.targets:
        balancer = next(b for b in task.load_balancers if b["targetGroupArn"] == target.target_group_arn)
        container = next(item for item in task.containers if item.name == balancer["containerName"])
        healthy = effective_behaviour(state, task, container, container_definition(definition, container.name)).healthy
        if target.state == ("unhealthy" if healthy else "healthy"):
            place = scope, target.target_group_arn, target.target_id, target.port
            state.aws.deregister_target(*place)
            state.aws.register_target(*place, task.zone, healthy=healthy)


def deregister(state: EcsState, scope: Scope, service: Service | None, task: Task) -> float:
    """Deregister the task's targets; return the seconds for which they drain."""
    seconds = 0.0
    for target_group_arn, count in Counter(target.target_group_arn for target in task.targets).items():
        if service:
            add_event(state, service, f"deregistered {count} targets in (target-group {target_group_arn})")
        group = state.aws.target_group(scope, target_group_arn)
        seconds = max(seconds, group.deregistration_delay if group else 0.0)
    for target in task.targets:
        state.aws.deregister_target(scope, target.target_group_arn, target.target_id, target.port)
        target.state = "draining"
    return seconds


def look(state: EcsState, scope: Scope, task: Task) -> None:
    for target in task.targets:
        target.state = state.aws.target_health(scope, target.target_group_arn, target.target_id, target.port)


def add_names(state: EcsState, scope: Scope, task: Task) -> None:
    for registry, name, port in task.names:
        state.aws.add_name(scope, registry, name, task.arn, task.private_ip, int(port))
    for group, port in task.lattice:
        state.aws.register_lattice_target(scope, group, task.private_ip, int(port))


def remove_names(state: EcsState, scope: Scope, task: Task) -> None:
    for registry, name, _ in task.names:
        state.aws.remove_name(scope, registry, name, task.arn)
    for group, port in task.lattice:
        state.aws.deregister_lattice_target(scope, group, task.private_ip, int(port))


def _address(cluster: Cluster, task: Task, container_name: str, container_port: int) -> tuple[str, int]:
    """Return (target id, port): the task's address, or its instance and host port."""
    if task.network:
        return task.private_ip, container_port
    container = next(container for container in task.containers if container.name == container_name)
    binding = next(item for item in container.bindings if item["containerPort"] == container_port)
    return cluster.instances[task.instance].ec2_instance_id, int(binding["hostPort"])

"""Creates many clusters, services and running tasks at once, without their start-up time."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address
from itertools import count

from ecsdash.sandbox.ecs.api.clusters import create_cluster
from ecsdash.sandbox.ecs.api.service_changes import create_service
from ecsdash.sandbox.ecs.api.task_definitions import register_task_definition
from ecsdash.sandbox.ecs.call import Call
from ecsdash.sandbox.ecs.engine import launch, task_specs
from ecsdash.sandbox.ecs.models import Cluster, Json, Service, Task
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope

_FIRST_ADDRESS = int(IPv4Address("10.64.4.0"))
"""Private addresses of these tasks: outside of all subnets, so that none is used twice."""
_OLDEST = 86_400.0
"""Age of the oldest tasks in seconds."""


def populate(state: EcsState, scope: Scope, subnets: Sequence[str], clusters: int, services: int, tasks: int) -> None:
    """Create `clusters` clusters of `services` Fargate services each, of `tasks` tasks each."""
    call = Call(state, scope, scope.iam_arn("root"))
    definitions = [_definition(call, f"service-{number:04d}") for number in range(1, services + 1)]
    addresses = count(_FIRST_ADDRESS + sum(len(cluster.tasks) for cluster in state.region(scope).clusters.values()))
    for number in range(1, clusters + 1):
        name = f"cluster-{number:04d}"
        create_cluster(call, {"clusterName": name, "capacityProviders": ["FARGATE", "FARGATE_SPOT"]})
        cluster = state.cluster(scope, name)
        for definition in definitions:
            _fill(state, scope, cluster, _service(call, cluster, definition, subnets, tasks), addresses)


def _definition(call: Call, family: str) -> str:
    container = {
        "name": family,
        "image": f"public.ecr.aws/nginx/{family}:1.27",
        "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
        "environment": [{"name": "STAGE", "value": "production"}],
    }
    params: Json = {
        "family": family,
        "containerDefinitions": [container],
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
    }
    answer: Json = register_task_definition(call, params)["taskDefinition"]
    return str(answer["taskDefinitionArn"])


def _service(call: Call, cluster: Cluster, definition: str, subnets: Sequence[str], tasks: int) -> Service:
    name = definition.rsplit("/", 1)[-1].partition(":")[0]
    create_service(
        call,
        {
            "cluster": cluster.name,
            "serviceName": name,
            "taskDefinition": definition,
            "desiredCount": tasks,
            "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": list(subnets)}},
        },
    )
    return cluster.services[name]


def _fill(state: EcsState, scope: Scope, cluster: Cluster, service: Service, addresses: Iterator[int]) -> None:
    spec = task_specs.for_service(state, scope, cluster, service, service.primary)
    subnets = [subnet for name in spec.network["subnets"] if (subnet := state.aws.subnet(scope, name))]
    for number in range(service.desired_count):
        task = launch.create(state, scope, cluster, spec, "", fargate=True)
        subnet = subnets[number % len(subnets)]
        task.subnet, task.zone = subnet.id, subnet.zone
        _run(state, task, next(addresses))
        cluster.tasks[task.id] = task
        service.task_ids[task.id] = True


def _run(state: EcsState, task: Task, address: int) -> None:
    """Set the state of a task that has started. Its network interface does not exist in EC2."""
    began = state.now - state.rng.uniform(60.0, _OLDEST)
    task.created_at, task.pull_started_at, task.pull_stopped_at = began, began + 5, began + 9
    task.started_at, task.last_status, task.version = began + 11, "RUNNING", 5
    task.eni_id, task.eni_attachment = f"eni-{task.id[:17]}", state.uuid()
    task.private_ip = str(IPv4Address(address))
    task.mac = f"02:{task.id[:2]}:{task.id[2:4]}:{task.id[4:6]}:{task.id[6:8]}:{task.id[8:10]}"
    for container in task.containers:
        container.last_status, container.started_at = "RUNNING", task.started_at
        container.runtime_id = f"{task.id}-{state.rng.getrandbits(32):010d}"

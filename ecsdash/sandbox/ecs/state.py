"""The state of ECS in all accounts and regions, with its time, random numbers, timers and the other AWS services."""

import random
from collections.abc import Iterator

from ecsdash.sandbox.ecs.aws_services import AwsServices
from ecsdash.sandbox.ecs.codec import from_json, to_json
from ecsdash.sandbox.ecs.errors import cluster_not_found, invalid
from ecsdash.sandbox.ecs.models import (
    CapacityProvider,
    Cluster,
    ContainerInstance,
    Json,
    Region,
    Service,
    Task,
    TaskDefinition,
)
from ecsdash.sandbox.ecs.timer_queue import TimerQueue
from ecsdash.sandbox.faults.task_faults import TaskFaults
from ecsdash.sandbox.scope import Scope

FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")


class EcsState:
    def __init__(self, aws: AwsServices, seed: int, faults: TaskFaults) -> None:
        self.aws = aws
        self.faults = faults
        self.now = 0.0
        self.horizon = 0.0
        """End of the current advance of time; periodic timers do not catch up before it."""
        self.rng = random.Random(seed)  # noqa: S311 (repeatable on purpose)
        self.timers = TimerQueue()
        self.regions: dict[Scope, Region] = {}
        self.demand: dict[str, int] = {}
        """Service -> number of tasks for its usual CPU utilisation: its desired count when first measured."""

    def region(self, scope: Scope) -> Region:
        return self.regions.setdefault(scope, Region())

    def cluster(self, scope: Scope, name: str) -> Cluster:
        return self.region(scope).clusters[name]

    def find_task(self, arn: str) -> tuple[Scope, Cluster, Task] | None:
        scope, cluster, task_id = self._parts(arn)
        task = cluster.tasks.get(task_id) if cluster else None
        return (scope, cluster, task) if cluster and task else None

    def find_service(self, arn: str) -> tuple[Scope, Cluster, Service] | None:
        scope, cluster, name = self._parts(arn)
        service = cluster.services.get(name) if cluster else None
        return (scope, cluster, service) if cluster and service else None

    def find_instance(self, scope: Scope, ec2_instance_id: str) -> tuple[Cluster, ContainerInstance] | None:
        for cluster in self.region(scope).clusters.values():
            for instance in cluster.instances.values():
                if instance.ec2_instance_id == ec2_instance_id:
                    return cluster, instance
        return None

    def definition(self, scope: Scope, arn: str) -> TaskDefinition:
        return self.region(scope).task_definitions[short(arn)]

    def provider(self, scope: Scope, name: str) -> CapacityProvider | None:
        return self.region(scope).capacity_providers.get(name)

    def tasks_of(self, cluster: Cluster, service: Service) -> Iterator[Task]:
        return (cluster.tasks[task_id] for task_id in service.task_ids)

    def hex_id(self) -> str:
        return f"{self.rng.getrandbits(128):032x}"

    def uuid(self) -> str:
        text = self.hex_id()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def number_id(self) -> str:
        """The nineteen digits of a deployment or a service revision."""
        return str(self.rng.randrange(10**18, 10**19))

    def about(self, seconds: float) -> float:
        """Return a random duration within 20 % of `seconds`."""
        return round(seconds * self.rng.uniform(0.8, 1.2), 3)

    def next_turn(self, seconds: float) -> float:
        return max(self.now + seconds, self.horizon)

    def dump(self) -> Json:
        version, internal, gauss = self.rng.getstate()
        return {
            "now": self.now,
            "random": [version, list(internal), gauss],
            "timers": self.timers.dump(),
            "regions": [[scope.account, scope.region, to_json(region)] for scope, region in self.regions.items()],
        }

    def load(self, data: Json) -> None:
        version, internal, gauss = data["random"]
        self.now = data["now"]
        self.rng.setstate((version, tuple(internal), gauss))
        self.timers.load(data["timers"])
        self.regions = {Scope(account, name): from_json(Region, region) for account, name, region in data["regions"]}
        self.demand.clear()

    def _parts(self, arn: str) -> tuple[Scope, Cluster | None, str]:
        scope = scope_of(arn)
        _, cluster_name, name = arn.split(":", 5)[5].split("/", 2)
        region = self.regions.get(scope)
        return scope, region.clusters.get(cluster_name) if region else None, name


def scope_of(resource_arn: str) -> Scope:
    _, _, _, region, account, _ = resource_arn.split(":", 5)
    return Scope(account, region)


def short(reference: str) -> str:
    """Return the last part of an ARN, or the short name itself."""
    return reference.rsplit("/", 1)[-1]


def own(scope: Scope, reference: str, kind: str) -> str:
    """Return the path after `kind/` in an ARN of this account and region, or the short name itself."""
    if not reference.startswith("arn:"):
        return reference
    parts = reference.split(":", 5)
    if len(parts) != 6 or parts[2] != "ecs" or not parts[5].startswith(f"{kind}/"):
        raise invalid(f"Invalid identifier: Unexpected resource type for arn {reference}.")
    if (parts[4], parts[3]) != (scope.account, scope.region):
        raise invalid(f"Identifier is for {parts[4]} in {parts[3]}. Your accountId is {scope.account}.")
    return parts[5].removeprefix(f"{kind}/")


def in_cluster(scope: Scope, cluster: Cluster, reference: str, kind: str) -> str:
    """Return the name or id in an ARN of something in this cluster, or the short name itself."""
    named, _, name = own(scope, reference, kind).rpartition("/")
    if named not in ("", cluster.name):
        raise invalid(f"Identifier is for cluster {named}. Your cluster is {cluster.name}")
    return name


def active_cluster(state: EcsState, scope: Scope, reference: str | None) -> Cluster:
    cluster = state.region(scope).clusters.get(own(scope, reference or "default", "cluster"))
    if cluster is None:
        raise cluster_not_found()
    if cluster.status == "INACTIVE":
        raise cluster_not_found("The referenced cluster was inactive.")
    return cluster

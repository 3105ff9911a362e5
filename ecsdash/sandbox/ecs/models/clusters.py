"""Clusters, container instances, capacity providers, task definitions and regions."""

from dataclasses import dataclass, field

from ecsdash.sandbox.ecs.models.json import Json
from ecsdash.sandbox.ecs.models.services import Service
from ecsdash.sandbox.ecs.models.tasks import Task


@dataclass(slots=True)
class ContainerInstance:
    id: str
    arn: str
    cluster: str
    ec2_instance_id: str
    instance_type: str
    zone: str
    private_ip: str
    cpu: int
    memory: int
    network_interfaces: int
    attributes: dict[str, str]
    registered_at: float
    tags: dict[str, str]
    capacity_provider: str = ""
    managed: bool = False
    """Whether ECS launched it (Managed Instances)."""
    status: str = "ACTIVE"
    agent_connected: bool = True
    version: int = 0
    used_cpu: int = 0
    used_memory: int = 0
    used_interfaces: int = 0
    host_ports: list[list[str]] = field(default_factory=list)
    task_ids: dict[str, bool] = field(default_factory=dict)
    idle_since: float | None = None

    @property
    def external(self) -> bool:
        """Whether it is a server outside of EC2 (ECS Anywhere)."""
        return self.ec2_instance_id.startswith("mi-")


@dataclass(slots=True)
class Cluster:
    name: str
    arn: str
    settings: list[Json]
    configuration: Json
    service_connect_defaults: Json
    tags: dict[str, str]
    capacity_providers: list[str] = field(default_factory=list)
    default_strategy: list[Json] = field(default_factory=list)
    attachments_status: str = ""
    status: str = "ACTIVE"
    services: dict[str, Service] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    instances: dict[str, ContainerInstance] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    """Tasks that wait for instances of a capacity provider, oldest first."""
    run_tokens: dict[str, Json] = field(default_factory=dict)
    """RunTask by clientToken: the parameters, the task ids and when."""


@dataclass(slots=True)
class CapacityProvider:
    name: str
    arn: str
    auto_scaling: Json
    """Empty for a provider of Managed Instances."""
    tags: dict[str, str]
    status: str = "ACTIVE"
    update_status: str = ""
    idle_minutes: int = 0
    cluster: str = ""
    """The cluster of a provider of Managed Instances."""
    managed_instances: Json = field(default_factory=dict)
    launching: dict[str, list[int]] = field(default_factory=dict)
    """EC2 instances that have not registered yet -> (CPU units, MiB)."""


@dataclass(slots=True)
class TaskDefinition:
    arn: str
    family: str
    revision: int
    body: Json
    """The task definition as the API shows it, without status and dates."""
    registered_at: float
    registered_by: str
    tags: dict[str, str]
    status: str = "ACTIVE"
    deregistered_at: float | None = None
    delete_requested_at: float | None = None


@dataclass(slots=True)
class Region:
    """One account in one region."""

    clusters: dict[str, Cluster] = field(default_factory=dict)
    capacity_providers: dict[str, CapacityProvider] = field(default_factory=dict)
    task_definitions: dict[str, TaskDefinition] = field(default_factory=dict)
    """By family:revision."""
    revisions: dict[str, int] = field(default_factory=dict)
    """The last revision number given out in each family; a number is never used twice."""
    daemon_definitions: dict[str, Json] = field(default_factory=dict)
    daemons: dict[str, Json] = field(default_factory=dict)
    gateways: dict[str, Json] = field(default_factory=dict)
    settings: dict[str, Json] = field(default_factory=dict)
    """Account settings by `principal/name`; the account's default has no principal."""

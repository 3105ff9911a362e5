"""Everything the control plane remembers, as plain data (see codec.py). Times are simulated seconds since the epoch.

A `Json` field holds a fragment as the API shows it; it is replaced, never changed in place.
"""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Container:
    name: str
    arn: str
    image: str
    essential: bool
    last_status: str = "PENDING"
    exit_code: int | None = None
    reason: str = ""
    health: str = ""
    """Empty for a container without a health check."""
    runtime_id: str = ""
    bindings: list[Json] = field(default_factory=list)
    cpu: str = ""
    memory: str = ""
    memory_reservation: str = ""
    started_at: float | None = None


@dataclass(slots=True)
class Target:
    """A task's place in a target group."""

    target_group_arn: str
    target_id: str
    port: int
    state: str = "initial"


@dataclass(slots=True)
class Task:
    id: str
    arn: str
    definition_arn: str
    cluster: str
    group: str
    service: str
    """Name of the service that started it, or empty."""
    deployment: str
    launch_type: str
    capacity_provider: str
    platform_version: str
    cpu: int
    memory: int
    containers: list[Container]
    overrides: Json
    network: Json
    """The awsvpcConfiguration, or empty."""
    tags: dict[str, str]
    created_at: float
    enable_execute_command: bool = False
    load_balancers: list[Json] = field(default_factory=list)
    names: list[list[str]] = field(default_factory=list)
    """(registry, name, port) under which it answers while it runs."""
    placement_constraints: list[Json] = field(default_factory=list)
    placement_strategy: list[Json] = field(default_factory=list)
    started_by: str = ""
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    version: int = 1
    instance: str = ""
    """Id of the container instance, or empty."""
    zone: str = ""
    eni_id: str = ""
    eni_attachment: str = ""
    private_ip: str = ""
    mac: str = ""
    subnet: str = ""
    host_ports: list[list[str]] = field(default_factory=list)
    """(protocol, port) held on its instance."""
    targets: list[Target] = field(default_factory=list)
    pull_started_at: float | None = None
    pull_stopped_at: float | None = None
    started_at: float | None = None
    stopping_at: float | None = None
    execution_stopped_at: float | None = None
    stopped_at: float | None = None
    stop_code: str = ""
    stopped_reason: str = ""
    protected_until: float | None = None

    @property
    def live(self) -> bool:
        return self.desired_status == "RUNNING"

    @property
    def running(self) -> bool:
        return self.live and self.last_status == "RUNNING"

    @property
    def pending(self) -> bool:
        return self.live and self.last_status != "RUNNING"

    @property
    def health(self) -> str:
        """Of its essential containers that have a health check."""
        states = [container.health for container in self.containers if container.essential and container.health]
        if "UNHEALTHY" in states:
            return "UNHEALTHY"
        return "HEALTHY" if states and set(states) == {"HEALTHY"} else "UNKNOWN"


@dataclass(slots=True)
class Revision:
    """A service revision: what a deployment rolls out."""

    arn: str
    task_definition: str
    launch_type: str
    capacity_provider_strategy: list[Json]
    platform_version: str
    network_configuration: Json
    load_balancers: list[Json]
    service_registries: list[Json]
    service_connect: Json
    volume_configurations: list[Json]
    created_at: float
    resolved: list[Json] = field(default_factory=list)
    """Its load balancers with the one target group of each that it uses."""


@dataclass(slots=True)
class Deployment:
    id: str
    revision: str
    service_deployment: str
    desired_count: int
    created_at: float
    updated_at: float
    status: str = "PRIMARY"
    failed_tasks: int = 0
    rollout_state: str = "IN_PROGRESS"
    rollout_reason: str = ""


@dataclass(slots=True)
class ServiceDeployment:
    arn: str
    sources: list[str]
    target: str
    created_at: float
    started_at: float
    updated_at: float
    configuration: Json
    desired_count: int
    status: str = "IN_PROGRESS"
    reason: str = ""
    finished_at: float | None = None
    stopped_at: float | None = None
    rollback: Json = field(default_factory=dict)
    breaker: str = "DISABLED"
    failures: int = 0
    stage: str = ""
    """Only for strategies other than ROLLING; empty until the first stage."""
    stage_at: float = 0.0
    hooks: list[Json] = field(default_factory=list)
    test_weight: float = 0.0
    """Percent of the test traffic that goes to the target revision."""
    production_weight: float = 0.0
    shifted_at: float = 0.0


@dataclass(slots=True)
class Service:
    name: str
    arn: str
    cluster: str
    desired_count: int
    scheduling_strategy: str
    deployment_configuration: Json
    placement_constraints: list[Json]
    placement_strategy: list[Json]
    enable_managed_tags: bool
    propagate_tags: str
    enable_execute_command: bool
    zone_rebalancing: str
    created_at: float
    created_by: str
    tags: dict[str, str]
    role_arn: str = ""
    grace_period: int | None = None
    created_with: Json = field(default_factory=dict)
    """The parameters of a CreateService with a client token: the same once more is no error."""
    status: str = "ACTIVE"
    deployments: list[Deployment] = field(default_factory=list)
    """Newest first; the first is the PRIMARY one."""
    service_deployments: list[ServiceDeployment] = field(default_factory=list)
    revisions: dict[str, Revision] = field(default_factory=dict)
    last_good: str = ""
    """The revision of the last deployment that completed: where a rollback goes."""
    events: list[Json] = field(default_factory=list)
    task_ids: dict[str, bool] = field(default_factory=dict)
    """Its tasks that have not stopped; the values mean nothing."""
    steady: bool = False
    check_at: float = 0.0
    """When the scheduler looks next; 0 when nothing is due."""
    failures: int = 0
    """Tasks that failed one after the other; the scheduler slows down."""
    retry_at: float = 0.0
    complaint: str = ""
    complained_at: float = 0.0
    moving: bool = False
    """Whether a task is on its way to a zone with fewer of them."""

    @property
    def primary(self) -> Deployment:
        return self.deployments[0]

    @property
    def revision(self) -> Revision:
        return self.revisions[self.primary.revision]


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
    status: str = "ACTIVE"
    agent_connected: bool = True
    version: int = 0
    used_cpu: int = 0
    used_memory: int = 0
    used_interfaces: int = 0
    host_ports: list[list[str]] = field(default_factory=list)
    task_ids: dict[str, bool] = field(default_factory=dict)
    idle_since: float | None = None


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
    """Tasks for which a capacity provider still has to find room, oldest first."""
    run_tokens: dict[str, Json] = field(default_factory=dict)
    """RunTask by clientToken: the parameters, the task ids and when."""


@dataclass(slots=True)
class CapacityProvider:
    name: str
    arn: str
    auto_scaling: Json
    tags: dict[str, str]
    status: str = "ACTIVE"
    update_status: str = ""
    idle_minutes: int = 0


@dataclass(slots=True)
class TaskDefinition:
    arn: str
    family: str
    revision: int
    body: Json
    """containerDefinitions and all else as the API shows it, without status and dates."""
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
    settings: dict[str, Json] = field(default_factory=dict)
    """Account settings by `principal/name`; the account's default has no principal."""

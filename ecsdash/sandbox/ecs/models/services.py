"""A service, its revisions and deployments."""

from dataclasses import dataclass, field

from ecsdash.sandbox.ecs.models.json import Json


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
    vpc_lattice: list[Json] = field(default_factory=list)
    gateway_connectors: list[Json] = field(default_factory=list)
    monitoring: Json = field(default_factory=dict)
    platform_family: str = ""
    """Empty unless it runs on Fargate."""
    image_digests: dict[str, str] = field(default_factory=dict)
    """Container -> digest that its image had when the first task pulled it; later tasks use the same."""
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
    has_run: bool = False
    """Whether one of its tasks has reached RUNNING: the circuit breaker then counts only failed health checks."""
    external_id: str = ""
    """Id of the CodeDeploy deployment that created it, or empty."""


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
    alarms: Json = field(default_factory=dict)
    """As the API shows them; empty without alarms."""
    whole_at: float | None = None
    """Start of the bake time: everything else is complete."""
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
    """Parameters of a CreateService with a client token: repeating the same call is no error."""
    status: str = "ACTIVE"
    controller: str = "ECS"
    """Deployment controller: ECS or CODE_DEPLOY."""
    express: Json = field(default_factory=dict)
    """What belongs to an Express service; empty for other services."""
    deployments: list[Deployment] = field(default_factory=list)
    """Newest first; the first is the PRIMARY one."""
    service_deployments: list[ServiceDeployment] = field(default_factory=list)
    revisions: dict[str, Revision] = field(default_factory=dict)
    last_good: str = ""
    """The revision of the last completed deployment: the target of a rollback."""
    events: list[Json] = field(default_factory=list)
    task_ids: dict[str, bool] = field(default_factory=dict)
    """Its tasks that have not stopped. Used as an ordered set."""
    steady: bool = False
    check_at: float = 0.0
    """Time of the scheduler's next check; 0 if none is scheduled."""
    failures: int = 0
    """Consecutive failed tasks; the scheduler slows down."""
    retry_at: float = 0.0
    complaint: str = ""
    complained_at: float = 0.0
    moving: bool = False
    """Whether zone rebalancing is moving a task."""

    @property
    def primary(self) -> Deployment:
        return self.deployments[0]

    @property
    def revision(self) -> Revision:
        return self.revisions[self.primary.revision]

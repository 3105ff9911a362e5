"""A task with its containers and targets."""

from dataclasses import dataclass, field

from ecsdash.sandbox.ecs.models.json import Json


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
    image_digest: str = ""
    """Known once the image is pulled."""
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


@dataclass(slots=True, eq=False)
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
    platform_family: str = ""
    enable_execute_command: bool = False
    load_balancers: list[Json] = field(default_factory=list)
    names: list[list[str]] = field(default_factory=list)
    """(registry, name, port) of its host names while it runs."""
    lattice: list[list[str]] = field(default_factory=list)
    """(VPC Lattice target group, port) in which it is registered while it runs."""
    placement_constraints: list[Json] = field(default_factory=list)
    placement_strategy: list[Json] = field(default_factory=list)
    started_by: str = ""
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    volumes: list[Json] = field(default_factory=list)
    """Its Amazon EBS volumes (see engine/volumes.py)."""
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
    def counts_as_running(self) -> bool:
        """A task that drains still runs."""
        return self.running or self.last_status == "DEACTIVATING"

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

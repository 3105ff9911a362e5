from django.db import models
from django.db.models import Q

from ecsdash.inventory.models import Resource
from ecsdash.web.tone import Tone
from services.statuses import DeploymentStatus, ServiceHealth

IN_SERVICE = {"account": "account__alias", "region": "region", "cluster": "cluster_name", "service": "service_name"}


def list_index(name: str, column: str, *also: str, condition: Q | None = None) -> models.Index:
    """For lists sorted by this column: who may see a row, and what it is `also` asked for, is read from the index."""
    beside = [each for each in ("account", "region", "cluster_name", "service_name", *also) if each != column]
    return models.Index(fields=[column, "id"], include=beside, name=name, condition=condition)


class Service(Resource):
    """`description` is ECS's answer without its events, which are kept in ServiceEvent.

    `health` is a ServiceHealth, worked out when the row was written, so that lists filter and count by it.
    `deployments_seen` says which state of its deployments the sweep of service deployments has seen last.
    """

    NOUN = "service"
    URL = {"cluster": "cluster_name", "service": "name"}
    ACCESS_LOOKUPS = {"account": "account__alias", "region": "region", "cluster": "cluster_name", "service": "name"}

    cluster_name = models.CharField(max_length=255)
    status = models.CharField(max_length=20)
    health = models.CharField(max_length=30, default=ServiceHealth.STEADY)
    desired_count = models.PositiveIntegerField(default=0)
    running_count = models.PositiveIntegerField(default=0)
    pending_count = models.PositiveIntegerField(default=0)
    failed_tasks = models.PositiveIntegerField(default=0, help_text="Of the primary deployment")
    task_definition = models.CharField(max_length=600, blank=True, help_text="ARN")
    launch_type = models.CharField(max_length=255, blank=True, help_text="Or the names of its capacity providers")
    scheduling_strategy = models.CharField(max_length=20, default="REPLICA")
    rollout_state = models.CharField(max_length=20, blank=True, help_text="Of the primary deployment")
    deployments_count = models.PositiveIntegerField(default=1)
    target_group_arns = models.JSONField(default=list)
    last_event = models.TextField(blank=True)
    last_event_at = models.DateTimeField(null=True)
    deployed_at = models.DateTimeField(null=True, help_text="When the primary deployment began")
    deployments_seen = models.TextField(blank=True)
    created_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "region", "cluster_name", "name"]),
            models.Index(fields=["health"]),
        ]

    @property
    def tone(self) -> Tone:
        return ServiceHealth(self.health).tone

    @property
    def deploying(self) -> bool:
        return self.rollout_state == "IN_PROGRESS" or self.deployments_count > 1

    @property
    def event_words(self) -> str:
        """The last event without the service's name before it."""
        return self.last_event.removeprefix(f"(service {self.name}) ")

    @property
    def revision(self) -> str:
        """`family:revision` of its task definition."""
        return self.task_definition.rsplit("/", 1)[-1]


class ServiceDeployment(Resource):
    """A service deployment as ECS keeps it for 90 days; here it stays. `name` is the id at the end of its ARN."""

    NOUN = "service_deployment"
    URL = {"cluster": "cluster_name", "service": "service_name", "deployment": "name"}
    ACCESS_LOOKUPS = IN_SERVICE

    cluster_name = models.CharField(max_length=255)
    service_name = models.CharField(max_length=255)
    status = models.CharField(max_length=30)
    status_reason = models.TextField(blank=True)
    task_definition = models.CharField(max_length=600, blank=True, help_text="ARN of the target revision")
    created_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "region", "cluster_name", "service_name", "-created_at"]),
            list_index("deployments_by_account", "account"),
            list_index("deployments_by_region", "region"),
            list_index("deployments_by_cluster", "cluster_name"),
            list_index("deployments_by_service", "service_name"),
            list_index("deployments_by_status", "status"),
            list_index("deployments_by_revision", "task_definition"),
            list_index("deployments_by_time", "created_at"),
        ]

    @property
    def tone(self) -> Tone:
        return DeploymentStatus.tone_of(self.status)

    @property
    def revision(self) -> str:
        return self.task_definition.rsplit("/", 1)[-1]

    @property
    def in_flight(self) -> bool:
        return self.status in DeploymentStatus.in_flight()

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        if self.created_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.created_at).total_seconds()


class ServiceEvent(models.Model):
    """One line of a service's event list, kept after ECS has dropped it (it keeps the last 100)."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="events")
    event_id = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    message = models.TextField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["service", "event_id"], name="one_row_per_service_event")]
        indexes = [models.Index(fields=["service", "-created_at"]), models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return self.message


class ServiceMetrics(models.Model):
    """CPU and memory of one service as CloudWatch told them last: percent per `times` (Unix seconds)."""

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="metrics")
    fetched_at = models.DateTimeField(null=True)
    times = models.JSONField(default=list)
    cpu = models.JSONField(default=list)
    memory = models.JSONField(default=list)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"metrics of {self.service}"

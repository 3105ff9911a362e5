from typing import Any

from django.db import models
from django.db.models import Q

from ecsdash.inventory.models import Crumbs, Resource
from ecsdash.web.cached_reverse import address
from ecsdash.web.tone import Tone
from services.statuses import DeploymentStatus, ServiceHealth

#: Part of ECS's message that a service was steady then.
STEADY_EVENT = "has reached a steady state"
IN_SERVICE = {"account": "account__alias", "region": "region", "cluster": "cluster_name", "service": "service_name"}


def list_index(name: str, column: str, *also: str, condition: Q | None = None) -> models.Index:
    """Return an index for lists sorted by this column. It covers the columns of permissions and those in `also`."""
    beside = [each for each in ("account", "region", "cluster_name", "service_name", *also) if each != column]
    return models.Index(fields=[column, "id"], include=beside, name=name, condition=condition)


class Service(Resource):
    """A service. `description` is that of ECS without events, which are stored as ServiceEvent.

    `health` is a ServiceHealth, computed when the row is written, so that lists can filter and count by it.
    `deployments_seen` is the signature of its deployments at the last sweep of service deployments.
    """

    NOUN = "service"
    PAGE = "services:service"
    SETTINGS = (
        "desiredCount", "taskDefinition", "deploymentConfiguration", "networkConfiguration", "capacityProviderStrategy",
        "platformVersion", "healthCheckGracePeriodSeconds", "enableExecuteCommand", "enableECSManagedTags",
        "propagateTags", "loadBalancers", "serviceRegistries", "placementConstraints", "placementStrategy",
        "availabilityZoneRebalancing", "tags",
    )  # fmt: skip
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
    blocking_event = models.TextField(blank=True, help_text="ECS's message that tasks cannot start, while it holds")
    progressed_at = models.DateTimeField(null=True, help_text="When ECS last reported that the service came further")
    deployed_at = models.DateTimeField(null=True, help_text="When the primary deployment began")
    lacking_since = models.DateTimeField(null=True, help_text="Since when fewer tasks than desired run")
    recent_failures = models.PositiveIntegerField(default=0, db_default=0, help_text="Tasks of the primary deployment")
    failing_until = models.DateTimeField(null=True, help_text="Until when the recent failures count")
    restarts_hour = models.PositiveIntegerField(default=0, db_default=0, help_text="Failed tasks of the last hour")
    restarts_day = models.PositiveIntegerField(default=0, db_default=0, help_text="Of the last 24 hours")
    usual_start = models.FloatField(null=True, help_text="Seconds that its earlier tasks took to start, the slowest")
    deployments_seen = models.TextField(blank=True)
    created_at = models.DateTimeField(null=True)
    task_cost = models.FloatField(null=True, help_text="Estimated cost of one task a month; on instances, its share")
    monthly_cost = models.FloatField(null=True, help_text="Estimated cost of the desired tasks a month")
    restorable = models.CharField(
        max_length=100, blank=True, db_default="", help_text="ID of the deployment of the newest restore point"
    )

    class Meta:
        indexes = [
            models.Index(fields=["account", "region", "cluster_name", "name"]),
            models.Index(fields=["health"]),
        ]

    def crumbs_above(self) -> Crumbs:
        cluster = self.scope_kwargs(cluster=self.cluster_name)
        return [
            ("Clusters", address("clusters:list", **self.scope_kwargs())),
            (self.cluster_name, address("services:cluster_services", **cluster)),
        ]

    @property
    def tone(self) -> Tone:
        return ServiceHealth(self.health).tone

    @property
    def deploying(self) -> bool:
        return self.rollout_state == "IN_PROGRESS" or self.deployments_count > 1

    @property
    def new_deployment(self) -> dict[str, Any]:
        """Return the primary deployment as ECS describes it: desiredCount, runningCount, failedTasks ..."""
        deployments: list[dict[str, Any]] = self.description.get("deployments", [])
        return next((each for each in deployments if each.get("status") == "PRIMARY"), {})

    @property
    def lacks_tasks(self) -> bool:
        """Return whether fewer tasks than desired run; during a deployment, of the new deployment."""
        new = self.new_deployment
        if self.deploying and new:
            return bool(new.get("runningCount", 0) < new.get("desiredCount", self.desired_count))
        return self.running_count < self.desired_count

    @property
    def event_words(self) -> str:
        """Return the last event without the service name at its start."""
        return self.without_name(self.last_event)

    @property
    def current_event(self) -> str:
        """Return the last event, unless it is told as the reason of a problem or contradicts the present state: it is
        older than the deployment in progress, or says that the service was steady while it lacks tasks."""
        if self.last_event == self.blocking_event:
            return ""
        old = self.deploying and self.deployed_at and self.last_event_at and self.last_event_at < self.deployed_at
        contradicts = (self.deploying or self.lacks_tasks) and STEADY_EVENT in self.last_event
        return "" if old or contradicts else self.last_event

    @property
    def listed_event(self) -> str:
        """Return the last event for lists, unless it says that the service was steady while it is not."""
        steady = self.health in (ServiceHealth.STEADY, ServiceHealth.STOPPED)
        return "" if not steady and STEADY_EVENT in self.last_event else self.last_event

    def without_name(self, message: str) -> str:
        """Return a message of ECS without the service name at its start."""
        return message.removeprefix(f"(service {self.name}) ")

    @property
    def revision(self) -> str:
        """Return the `family:revision` of the task definition."""
        return self.task_definition.rsplit("/", 1)[-1]


class ServiceDeployment(Resource):
    """A service deployment, kept longer than the 90 days of ECS. `name` is the id at the end of its ARN.

    `progress`: {"stages": {stage: time}, "shifts": [{"share", "at"}]}, the shares of the new tasks in percent.
    """

    NOUN = "service_deployment"
    PAGE = "services:deployment"
    URL = {"cluster": "cluster_name", "service": "service_name", "deployment": "name"}
    ACCESS_LOOKUPS = IN_SERVICE

    cluster_name = models.CharField(max_length=255)
    service_name = models.CharField(max_length=255)
    status = models.CharField(max_length=30)
    status_reason = models.TextField(blank=True)
    task_definition = models.CharField(max_length=600, blank=True, help_text="ARN of the target revision")
    created_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    progress = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="When it reached its stages, and its shifts of traffic",
    )

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

    def crumbs_above(self) -> Crumbs:
        scope, service = self.scope_kwargs(), {"cluster": self.cluster_name, "service": self.service_name}
        return [
            ("Clusters", address("clusters:list", **scope)),
            (self.cluster_name, address("services:cluster_services", **scope, cluster=self.cluster_name)),
            (self.service_name, address("services:service", **scope, **service)),
            ("Deployments", address("services:service_deployments", **scope, **service)),
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
        """Return the duration; None while it runs."""
        if self.created_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.created_at).total_seconds()


class ServiceEvent(models.Model):
    """One event of a service, kept longer than in ECS, which keeps the last 100."""

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
    """Metrics that the release before reads and writes. This release has MetricSeries instead; the next one removes
    this table.
    """

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="metrics")
    fetched_at = models.DateTimeField(null=True)
    times = models.JSONField(default=list)
    cpu = models.JSONField(default=list)
    memory = models.JSONField(default=list)
    scaled_by: Any = models.JSONField(null=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"metrics of {self.service}"

import re
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from ecsdash.inventory.models import Crumbs, Resource
from ecsdash.masking import mask
from ecsdash.web.cached_reverse import address
from ecsdash.web.tone import Tone
from services.models.service import IN_SERVICE, list_index
from services.statuses import TaskStatus

#: Tasks that have neither stopped nor been forgotten, as the indexes of the list of current tasks have it.
LIVING = Q(gone_at__isnull=True) & ~Q(last_status="STOPPED")
#: The others.
ENDED = Q(last_status="STOPPED") | Q(gone_at__isnull=False)
#: What tells the two apart.
STATE = ("last_status", "gone_at")
#: What a filter word may look for.
WORDS = (
    "name", "cluster_name", "service_name", "family", "last_status", "health_status", "launch_type",
    "capacity_provider_name", "availability_zone", "private_ip", "started_by", "container_instance_arn", "stop_code",
    "stopped_reason", "images",
)  # fmt: skip


def _one_text(columns: Sequence[str]) -> Any:
    """The columns one a line, put together by halves: the parser of SQLite refuses deep expressions."""
    if len(columns) == 1:
        return F(columns[0])
    half = len(columns) // 2
    parts = (_one_text(columns[:half]), Value("\n"), _one_text(columns[half:]))
    return Concat(*parts, output_field=models.TextField())


class Task(Resource):
    """`name` is the task id. A stopped task stays here after ECS has forgotten it: `gone_at` says since when it has.

    `service_name` is empty for a task that no service started. `completed` tasks were run on purpose, by no service,
    and every container of theirs ended with exit code 0. `images` are the images and digests of its containers, one a
    line; `words` is made by the database from all that a filter word may look for, and has a trigram index.
    """

    NOUN = "task"
    PAGE = "services:task"
    URL = {"task": "name"}
    ACCESS_LOOKUPS = IN_SERVICE

    cluster_name = models.CharField(max_length=255)
    service_name = models.CharField(max_length=255, blank=True)
    group = models.CharField(max_length=300, blank=True)
    task_definition_arn = models.CharField(max_length=600, blank=True)
    family = models.CharField(max_length=255)
    revision = models.PositiveIntegerField(default=0)
    last_status = models.CharField(max_length=20)
    desired_status = models.CharField(max_length=20)
    health_status = models.CharField(max_length=20, blank=True)
    launch_type = models.CharField(max_length=20, blank=True)
    capacity_provider_name = models.CharField(max_length=255, blank=True)
    container_instance_arn = models.CharField(max_length=600, blank=True)
    availability_zone = models.CharField(max_length=40, blank=True)
    private_ip = models.CharField(max_length=45, blank=True)
    cpu = models.PositiveIntegerField(default=0)
    memory = models.PositiveIntegerField(default=0)
    started_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stop_code = models.CharField(max_length=40, blank=True)
    stopped_reason = models.TextField(blank=True)
    completed = models.BooleanField(default=False)
    images = models.TextField(blank=True)
    words = models.GeneratedField(expression=_one_text(WORDS), output_field=models.TextField(), db_persist=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "region", "cluster_name", "service_name", "last_status", "gone_at"]),
            models.Index(fields=["last_status", "-stopped_at"]),
            models.Index(fields=["name"]),
            models.Index(
                fields=["container_instance_arn", "observed_at"],
                name="tasks_by_instance",
                condition=~Q(container_instance_arn=""),
            ),
            models.Index(
                fields=["account", "region", "cluster_name", "service_name"], condition=LIVING, name="living_tasks"
            ),
            list_index("tasks_by_account", "account", *STATE),
            list_index("tasks_by_region", "region", *STATE),
            list_index("tasks_by_cluster", "cluster_name", *STATE),
            list_index("tasks_by_service", "service_name", *STATE),
            list_index("tasks_by_family", "family", *STATE),
            list_index("tasks_by_created_at", "created_at"),
            list_index("living_tasks_by_created_at", "created_at", condition=LIVING),
            list_index("living_tasks_by_status", "last_status", condition=LIVING),
            list_index("living_tasks_by_zone", "availability_zone", condition=LIVING),
            list_index("ended_tasks_by_stopped_at", "stopped_at", condition=ENDED),
        ]

    def crumbs(self) -> Crumbs:
        return [("Tasks", address("services:tasks", **self.scope_kwargs())), (self.name[:12], self.get_absolute_url())]

    @property
    def tone(self) -> Tone:
        """What was run on purpose and ended well is no failure; of what ECS forgot while it ran nothing is known."""
        if self.completed or (self.forgotten and not self.stopped):
            return Tone.IDLE
        return TaskStatus.tone_of(self)

    @property
    def task_definition(self) -> str:
        """`family:revision`"""
        return f"{self.family}:{self.revision}"

    @property
    def masked_reason(self) -> str:
        return str(mask(self.stopped_reason))

    @property
    def why(self) -> str:
        """The stop code in words: "Essential container exited"."""
        if self.completed:
            return "Completed"
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.stop_code).capitalize()

    @property
    def exit_code(self) -> int:
        """The first of its containers' that tells of a failure; 0 when none does."""
        codes = (each.get("exitCode") for each in self.description.get("containers", []))
        return next((code for code in codes if code), 0)

    @property
    def stopped(self) -> bool:
        return self.last_status == TaskStatus.STOPPED

    @property
    def forgotten(self) -> bool:
        """ECS no longer knows it; what stands here is what was last seen."""
        return self.gone_at is not None


class TaskLog(models.Model):
    """The last lines that one container of a task has written, as they were when somebody last looked at them.

    `lines` are [{"at": milliseconds since 1970, "message": text}], oldest first. `error` says why the last try to
    read them failed, empty when it did not.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="logs")
    container = models.CharField(max_length=255)
    lines = models.JSONField(default=list)
    fetched_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "container"], name="one_log_per_container")]

    def __str__(self) -> str:
        return f"{self.container} of {self.task}"

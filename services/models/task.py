from django.db import models

from ecsdash.inventory.models import Resource
from ecsdash.web.tone import Tone
from services.models.service import IN_SERVICE
from services.statuses import TaskStatus


class Task(Resource):
    """`name` is the task id. A stopped task stays here after ECS has forgotten it: `gone_at` says since when it has.

    `service_name` is empty for a task that no service started.
    """

    NOUN = "task"
    URL = {"task": "name"}
    WHERE = IN_SERVICE

    cluster_name = models.CharField(max_length=255)
    service_name = models.CharField(max_length=255, blank=True)
    group = models.CharField(max_length=300, blank=True)
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

    class Meta:
        indexes = [
            models.Index(fields=["account", "region", "cluster_name", "service_name", "last_status"]),
            models.Index(fields=["last_status", "-stopped_at"]),
            models.Index(fields=["name"]),
        ]

    @property
    def tone(self) -> Tone:
        return TaskStatus.tone_of(self)

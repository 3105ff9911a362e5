"""Retention of rows of the services app. Rows of resources deleted from AWS expire in the inventory itself."""

from django.db.models import Exists, F, OuterRef, Q

from ecsdash.inventory.retention import retain
from services.models import (
    LogSearch,
    MetricSeries,
    RestorePoint,
    ScalingActivity,
    SeenProblem,
    Service,
    ServiceDeployment,
    ServiceEvent,
    Task,
    TaskDefinition,
)

USED = Exists(Service.objects.filter(task_definition=OuterRef("arn"), gone_at=None))

retain(ServiceEvent, "created_at")
retain(ScalingActivity, "started_at")
retain(LogSearch, "created_at")
retain(MetricSeries, "created_at")
retain(SeenProblem, "seen_at")
retain(Task, "stopped_at", only=Q(last_status="STOPPED"))
retain(RestorePoint, "steady_at", only=~Q(deployment=F("service__restorable")))
retain(ServiceDeployment, "finished_at")
retain(TaskDefinition, "observed_at", only=Q(~USED, status="INACTIVE"))

"""What of the services app grows old. What is gone from AWS does so by itself."""

from django.db.models import Q

from ecsdash.inventory.retention import kept
from services.models import ServiceDeployment, ServiceEvent, Task

kept(ServiceEvent, "created_at")
kept(Task, "stopped_at", only=Q(last_status="STOPPED"))
kept(ServiceDeployment, "finished_at")

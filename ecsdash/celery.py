"""The Celery application. The database rows are authoritative, the queue only triggers jobs: no results, no retries."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready
from django.conf import settings

from ecsdash.web.garbage import freeze_started

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecsdash.settings")

app = Celery("ecsdash")
app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_transport="ecsdash.web.broker:Transport",
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 5},
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    worker_pool="threads",
    worker_concurrency=settings.WORKER_THREADS,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    task_publish_retry=False,
    beat_schedule={
        "inventory-prune": {
            "task": "inventory.prune",
            "schedule": crontab(minute=17),
            "options": {"expires": 3600},
        },
        "operations-sweep": {"task": "operations.sweep", "schedule": 2.0, "options": {"expires": 10}},
        "operations-redact": {"task": "operations.redact", "schedule": 300.0, "options": {"expires": 300}},
        "inventory-sweep-due": {"task": "inventory.sweep_due", "schedule": 1.0, "options": {"expires": 5}},
        "audit-checkpoint": {
            "task": "audit.checkpoint",
            "schedule": float(settings.AUDIT_CHECKPOINT_SECONDS),
            "options": {"expires": settings.AUDIT_CHECKPOINT_SECONDS},
        },
        "audit-deliver": {"task": "audit.deliver", "schedule": 5.0, "options": {"expires": 5}},
        "audit-refusals": {"task": "audit.refusals", "schedule": 60.0, "options": {"expires": 60}},
        "beat-heartbeat": {"task": "web.beat_heartbeat", "schedule": 5.0, "options": {"expires": 15}},
    },
)
app.autodiscover_tasks(related_name="jobs")


@worker_ready.connect
def worker_is_ready(**_: Any) -> None:
    freeze_started()

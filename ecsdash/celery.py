"""The Celery application. The database rows are authoritative, the queue only triggers jobs: no results, no retries."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready
from django.conf import settings
from kombu import Queue

from ecsdash.beat import BACKGROUND
from ecsdash.stopping import Stopped
from ecsdash.web.garbage import freeze_started
from ecsdash.worker import HeartbeatStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecsdash.settings")

app = Celery("ecsdash")
#: Jobs that somebody waits for. They have their own queue, which workers empty first.
INTERACTIVE_JOBS = (
    "operations.run",
    "operations.check_draft",
    "inventory.test_connection",
    "services.fetch_logs",
    "services.follow_lines",
    "services.fetch_metrics",
)
app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_transport="ecsdash.web.broker:Transport",
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        "queue_order_strategy": "priority",  # in the order of task_queues
    },
    task_queues=[Queue("interactive"), Queue(BACKGROUND)],
    task_default_queue=BACKGROUND,
    task_routes={name: {"queue": "interactive"} for name in INTERACTIVE_JOBS},
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    worker_pool="threads",
    worker_concurrency=settings.WORKER_THREADS,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    task_publish_retry=False,
    beat_scheduler="ecsdash.beat:Scheduler",
    beat_schedule={
        "inventory-prune": {"task": "inventory.prune", "schedule": crontab(minute=17)},
        "operations-sweep": {"task": "operations.sweep", "schedule": 2.0},
        "operations-redact": {"task": "operations.redact", "schedule": 300.0},
        "inventory-sweep-due": {"task": "inventory.sweep_due", "schedule": 1.0},
        "services-costs": {"task": "services.record_costs", "schedule": 300.0},
        "services-judge": {"task": "services.judge", "schedule": 5.0},
        "audit-checkpoint": {"task": "audit.checkpoint", "schedule": float(settings.AUDIT_CHECKPOINT_SECONDS)},
        "audit-deliver": {"task": "audit.deliver", "schedule": 5.0},
        "audit-refusals": {"task": "audit.refusals", "schedule": 60.0},
    },
)
app.Task.throws = (Stopped,)  # logged without a traceback: what the job did is done later
app.steps["consumer"].add(HeartbeatStep)
app.autodiscover_tasks(related_name="jobs")


@worker_ready.connect
def worker_is_ready(**_: Any) -> None:
    freeze_started()

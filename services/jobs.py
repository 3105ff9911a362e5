"""Celery jobs of the services app: what a page wants to show and only AWS can tell."""

import structlog
from celery import shared_task
from django.core.cache import cache

from services.models import Service, Task
from services.sync import logs, metrics

ASKED_SECONDS = 20  # one question at a time, however many people look
LOG_ASKED_SECONDS = 4
log = structlog.get_logger(__name__)


@shared_task(name="services.fetch_metrics")
def fetch_metrics(service_pk: int) -> None:
    metrics.fetch_metrics(Service.objects.select_related("account").get(pk=service_pk))


def hint_metrics(service_pk: int) -> None:
    """Have a worker fetch the curves. Without cache or broker the page shows what is known."""
    try:
        if cache.add(f"metrics:{service_pk}", 1, ASKED_SECONDS):
            fetch_metrics.delay(service_pk)
    except Exception as error:
        log.warning("metrics_not_asked", error=type(error).__name__)


@shared_task(name="services.fetch_logs")
def fetch_logs(task_pk: int) -> None:
    logs.fetch(Task.objects.select_related("account").get(pk=task_pk))


def hint_logs(task_pk: int) -> None:
    """Have a worker read the task's logs. Without cache or broker the page shows what is known."""
    try:
        if cache.add(f"logs:{task_pk}", 1, LOG_ASKED_SECONDS):
            fetch_logs.delay(task_pk)
    except Exception as error:
        log.warning("logs_not_asked", error=type(error).__name__)

"""Celery jobs of the services app: what a page wants to show and only AWS can tell."""

import structlog
from celery import shared_task
from django.core.cache import cache

from ecsdash.inventory import changes
from services.models import Service, Task
from services.selectors import logs as known
from services.sync import logs, metrics

ASKED_SECONDS = 20  # one question at a time, however many people look
LOG_SECONDS = 4
LOG_WATCHED_SECONDS = (
    60  # an open page says so once in 50 seconds at least (ecsdash.web.polling.fragments), and up to 6 late
)
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
    """Reads them, and again every few seconds while somebody looks and more can come."""
    task = Task.objects.select_related("account").filter(pk=task_pk).first()
    if task is None or not cache.add(f"logs:{task_pk}", 1, LOG_SECONDS):
        return
    logs.fetch(task)
    if known.complete(task, known.logs(task)):
        changes.bump(task.account, task.region, "logs")
    elif cache.get(f"logs-watched:{task_pk}"):
        fetch_logs.apply_async((task_pk,), countdown=LOG_SECONDS)


def hint_logs(task_pk: int) -> None:
    """Have a worker read the task's logs, and follow them for a while. Without cache or broker the page shows what
    is known."""
    try:
        cache.set(f"logs-watched:{task_pk}", 1, LOG_WATCHED_SECONDS)
        if not cache.get(f"logs:{task_pk}") and cache.add(f"logs-asked:{task_pk}", 1, LOG_SECONDS):
            fetch_logs.delay(task_pk)
    except Exception as error:
        log.warning("logs_not_asked", error=type(error).__name__)

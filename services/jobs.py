"""Celery jobs of the services app: the health of services; metrics and logs, read while a page shows them."""

from typing import Any

from celery import shared_task
from django.core.cache import cache

from ecsdash.inventory import changes
from ecsdash.web import best_effort_cache, clock
from ecsdash.web.enqueue import enqueue
from services.models import Task
from services.selectors import logs as stored_logs
from services.selectors.log_searches import Wanted
from services.selectors.metric_series import Wanted as WantedMetrics
from services.sync import cluster_costs, failed_tasks, failures, log_searches, logs, metrics, restarts

REQUEST_SECONDS = 20  # one request at a time, for any number of viewers
RESTARTS_SECONDS = 30  # between two counts of all restarts
LOG_SECONDS = 4
EVIDENCE_SECONDS = 60  # one request at a time for the log of a failed task
FOLLOW_SECONDS = 2
LOG_VIEWED_SECONDS = 60  # an open page calls its view once in 50 seconds at least, and up to 6 s late


@shared_task(name="services.judge")
def judge() -> None:
    """Judge the health of services again: time alone makes a service stuck, and well again. Read the logs of failures:
    their last lines are evidence."""
    failures.judge_services()
    if best_effort_cache.add("restarts-counted", 1, RESTARTS_SECONDS):
        restarts.count_restarts(clock.now())
    for task_pk in failed_tasks.with_unread_logs(clock.now()):
        if best_effort_cache.add(f"logs-requested:{task_pk}", 1, EVIDENCE_SECONDS):
            enqueue(fetch_logs, task_pk)


@shared_task(name="services.record_costs")
def record_costs() -> None:
    """Write the estimated costs of clusters."""
    cluster_costs.record_costs()


@shared_task(name="services.fetch_metrics")
def fetch_metrics(wanted: dict[str, Any]) -> None:
    metrics.fetch(**wanted)


def request_metrics(wanted: WantedMetrics) -> None:
    """Enqueue the job that fetches the metrics. Without cache or broker the page shows the stored ones."""
    if best_effort_cache.add(f"metrics:{wanted.key}", 1, REQUEST_SECONDS):
        enqueue(fetch_metrics, wanted.as_job())


@shared_task(name="services.fetch_logs")
def fetch_logs(task_pk: int) -> None:
    """Read the logs, and again every few seconds while a page shows them and the task can write more."""
    task = Task.objects.select_related("account").filter(pk=task_pk).first()
    if task is None or not cache.add(f"logs:{task_pk}", 1, LOG_SECONDS):
        return
    logs.fetch(task)
    if stored_logs.complete(task, stored_logs.logs(task)):
        changes.bump(task.account, task.region, "logs")
    elif cache.get(f"logs-viewed:{task_pk}"):
        fetch_logs.apply_async((task_pk,), countdown=LOG_SECONDS)


def request_logs(task_pk: int) -> None:
    """Enqueue the job that follows the task's logs. Without cache or broker the page shows the stored ones."""
    best_effort_cache.set(f"logs-viewed:{task_pk}", 1, LOG_VIEWED_SECONDS)
    fetched = best_effort_cache.get(f"logs:{task_pk}")
    if not fetched and best_effort_cache.add(f"logs-requested:{task_pk}", 1, LOG_SECONDS):
        enqueue(fetch_logs, task_pk)


@shared_task(name="services.follow_lines")
def follow_lines(wanted: dict[str, Any]) -> None:
    """Read the lines of a log search, and again every few seconds while a page shows it and there can be more."""
    key = wanted["key"]
    if not cache.add(f"lines:{key}", 1, FOLLOW_SECONDS):
        return
    search = log_searches.begin(**wanted)
    log_searches.read(search)
    search.refresh_from_db()
    if not search.final and cache.get(f"lines-viewed:{key}"):
        follow_lines.apply_async((wanted,), countdown=FOLLOW_SECONDS)


def request_lines(wanted: Wanted) -> None:
    """Enqueue the job that follows a log search. Without cache or broker the page shows the stored lines."""
    best_effort_cache.set(f"lines-viewed:{wanted.key}", 1, LOG_VIEWED_SECONDS)
    if not best_effort_cache.get(f"lines:{wanted.key}") and best_effort_cache.add(
        f"lines-requested:{wanted.key}", 1, FOLLOW_SECONDS
    ):
        enqueue(follow_lines, wanted.as_job())

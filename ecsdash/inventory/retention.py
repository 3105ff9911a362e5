"""Retention of history that AWS no longer has. The audit trail is never pruned.

Apps register rules in their module `retention`:

    retain(ServiceEvent, "created_at")
    retain(Task, "stopped_at", only=Q(last_status="STOPPED"))

Every Resource has a rule for rows that no longer exist in AWS, by `gone_at`. Dependent rows (the log of a task) are
deleted with their row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from ecsdash.inventory.models import DeadLetter, Resource
from ecsdash.web import clock

BATCH = 500
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RetentionRule:
    """Delete rows of `model` that match `only` when the time in the column `since` is older than the retention."""

    model: type[models.Model]
    since: str
    only: Q = field(default_factory=Q)


_rules: list[RetentionRule] = []


def retain(model: type[models.Model], since: str, only: Q | None = None) -> None:
    _rules.append(RetentionRule(model, since, only or Q()))


def rules() -> Iterator[RetentionRule]:
    """Return the registered rules first, then those of all resources."""
    yield from _rules
    for model in Resource.__subclasses__():
        yield from _gone(model)


def prune() -> dict[str, int]:
    """Delete rows older than ECSDASH_RETENTION_DAYS. Return the number of deleted rows by model."""
    limit = clock.now() - timedelta(days=settings.RETENTION_DAYS)
    deleted: dict[str, int] = {}
    for rule in rules():
        count = delete_in_batches(_old(rule, limit))
        if count:
            name = rule.model.__name__
            deleted[name] = deleted.get(name, 0) + count
    log.info("pruned", **deleted)
    return deleted


def delete_in_batches(rows: models.QuerySet[Any]) -> int:
    """Delete rows in batches, each in its own transaction, so that locks are held briefly. Return their number."""
    deleted = 0
    while True:
        with transaction.atomic():
            keys = list(rows.order_by().values_list("pk", flat=True)[:BATCH])
            rows.model._default_manager.filter(pk__in=keys).delete()
        deleted += len(keys)
        if len(keys) < BATCH:
            return deleted


def _old(rule: RetentionRule, limit: datetime) -> models.QuerySet[Any]:
    return rule.model._default_manager.filter(rule.only, **{f"{rule.since}__lt": limit})


def _gone(model: type[Resource]) -> Iterator[RetentionRule]:
    if not model._meta.abstract:
        yield RetentionRule(model, "gone_at")
    for below in model.__subclasses__():
        yield from _gone(below)


retain(DeadLetter, "received_at")

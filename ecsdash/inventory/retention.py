"""How long rows are kept: history that AWS no longer has, and what the dashboard writes. The audit trail is not pruned.

Apps register rules in their module `retention`:

    retain(ServiceEvent, "created_at")
    retain(Task, "stopped_at", only=Q(last_status="STOPPED"))
    retain(Draft, "created_at", setting="DRAFT_RETENTION_DAYS")

Every Resource has a rule for rows that no longer exist in AWS, by `gone_at`. Dependent rows (the log of a task) are
deleted with their row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from ecsdash.inventory.models import DeadLetter, Resource
from ecsdash.web import clock

BATCH = 500
HISTORY = "RETENTION_DAYS"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RetentionRule:
    """Delete rows of `model` that match `only` when the time in the column `since` is older than `setting` has days."""

    model: type[models.Model]
    since: str
    only: Q = field(default_factory=Q)
    setting: str = HISTORY

    @property
    def days(self) -> int:
        days: int = getattr(settings, self.setting)
        return days

    def old(self) -> models.QuerySet[Any]:
        """Return the rows that are not to be kept any longer."""
        limit = clock.now() - timedelta(days=self.days)
        return self.model._default_manager.filter(self.only, **{f"{self.since}__lt": limit})


_rules: list[RetentionRule] = []


def retain(model: type[models.Model], since: str, only: Q | None = None, setting: str = HISTORY) -> None:
    _rules.append(RetentionRule(model, since, only or Q(), setting))


def rules() -> Iterator[RetentionRule]:
    """Return the registered rules first, then those of all resources."""
    yield from _rules
    for model in Resource.__subclasses__():
        yield from _gone(model)


def prune() -> dict[str, int]:
    """Delete rows that are too old. Return the number of deleted rows by model."""
    deleted: dict[str, int] = {}
    for rule in rules():
        count = delete_in_batches(rule.old())
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


def _gone(model: type[Resource]) -> Iterator[RetentionRule]:
    if not model._meta.abstract:
        yield RetentionRule(model, "gone_at")
    for below in model.__subclasses__():
        yield from _gone(below)


retain(DeadLetter, "received_at")

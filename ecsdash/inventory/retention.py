"""How long what AWS forgets is remembered here. The audit trail is never pruned.

Apps register what of theirs grows old in a module `retention`:

    kept(ServiceEvent, "created_at")
    kept(Task, "stopped_at", only=Q(last_status="STOPPED"))

Every Resource that is gone from AWS grows old by itself, from `gone_at` on. Rows that belong to another (the log of a
task) go with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from ecsdash.inventory.models import DeadLetter, Resource

BATCH = 500
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rule:
    """Rows of `model`, if `only` holds, grow old from the time in the column `since` on."""

    model: type[models.Model]
    since: str
    only: Q = field(default_factory=Q)


_rules: list[Rule] = []


def kept(model: type[models.Model], since: str, only: Q | None = None) -> None:
    _rules.append(Rule(model, since, only or Q()))


def rules() -> Iterator[Rule]:
    """Those that were registered first: what happened may outlive, by its own time, what it happened to."""
    yield from _rules
    for model in Resource.__subclasses__():
        yield from _gone(model)


def prune() -> dict[str, int]:
    """Delete what is older than ECSDASH_RETENTION_DAYS. Answers how many rows of each model."""
    limit = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
    deleted: dict[str, int] = {}
    for rule in rules():
        count = delete_in_batches(_old(rule, limit))
        if count:
            name = rule.model.__name__
            deleted[name] = deleted.get(name, 0) + count
    log.info("pruned", **deleted)
    return deleted


def delete_in_batches(rows: models.QuerySet[Any]) -> int:
    """Each batch, with what belongs to its rows, is a transaction of its own: nobody waits long for a lock."""
    deleted = 0
    while True:
        with transaction.atomic():
            keys = list(rows.order_by().values_list("pk", flat=True)[:BATCH])
            rows.model._default_manager.filter(pk__in=keys).delete()
        deleted += len(keys)
        if len(keys) < BATCH:
            return deleted


def _old(rule: Rule, limit: datetime) -> models.QuerySet[Any]:
    return rule.model._default_manager.filter(rule.only, **{f"{rule.since}__lt": limit})


def _gone(model: type[Resource]) -> Iterator[Rule]:
    if not model._meta.abstract:
        yield Rule(model, "gone_at")
    for below in model.__subclasses__():
        yield from _gone(below)


kept(DeadLetter, "received_at")

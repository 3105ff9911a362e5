"""Settings that resources had before: kept when a row is written with others, for the models that name SETTINGS."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, QuerySet

from ecsdash.inventory.models import FormerState, Resource
from ecsdash.inventory.retention import retain

#: The setting that is a column of its own.
TAGS: Final = "tags"


def keep(model: type[Resource], rows: Iterable[Resource], now: datetime) -> None:
    """Keep the stored settings of those rows that are about to be written with others, in the caller's transaction."""
    if not model.SETTINGS:
        return
    new = {row.arn: row for row in rows}
    FormerState.objects.bulk_create(
        FormerState(account_id=new[arn].account_id, arn=arn, until=now, values=known)
        for arn, known in _stored(model, new).items()
        if known != settings_of(new[arn])
    )


def settings_at(row: Resource, when: datetime) -> dict[str, Any]:
    """Return the settings that the resource had at this time, as far as sweeps have seen it."""
    later = FormerState.objects.filter(arn=row.arn, until__gte=when).order_by("until").first()
    return dict(later.values) if later else settings_of(row)


def seen_since(row: Resource, when: datetime) -> datetime | None:
    """Return since when the settings at this time were known; None if no others were known before."""
    latest: datetime | None = FormerState.objects.filter(arn=row.arn, until__lt=when).aggregate(at=Max("until"))["at"]
    return latest


def replaced_at(row: Resource) -> datetime | None:
    """Return when a sweep last saw other settings than before; None if it never did."""
    latest: datetime | None = FormerState.objects.filter(arn=row.arn).aggregate(at=Max("until"))["at"]
    return latest


def settings_of(row: Resource) -> dict[str, Any]:
    return {name: row.tags if name == TAGS else row.description.get(name) for name in row.SETTINGS}


def _stored(model: type[Resource], arns: Iterable[str]) -> dict[str, dict[str, Any]]:
    rows: QuerySet[Any] = model._default_manager.filter(arn__in=list(arns), gone_at=None)
    names = [name if name == TAGS else f"description__{name}" for name in model.SETTINGS]
    return {arn: dict(zip(model.SETTINGS, values, strict=True)) for arn, *values in rows.values_list("arn", *names)}


retain(FormerState, "until")

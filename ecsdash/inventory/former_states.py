"""Settings that resources had before: kept when a row is written with others, for the models that name SETTINGS."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from ecsdash.inventory.models import FormerState, Resource
from ecsdash.inventory.retention import retain


def keep(model: type[Resource], rows: Iterable[Resource], now: datetime) -> None:
    """Keep the stored settings of those rows that are about to be written with others, in the caller's transaction."""
    if not model.SETTINGS:
        return
    new = {row.arn: row for row in rows}
    FormerState.objects.bulk_create(
        FormerState(account_id=new[arn].account_id, arn=arn, until=now, values=settings_in(model, known))
        for arn, known in _stored(model, new).items()
        if settings_in(model, known) != settings_in(model, new[arn].description)
    )


def settings_at(row: Resource, when: datetime) -> dict[str, Any]:
    """Return the settings that the resource had at this time, as far as sweeps have seen it."""
    later = FormerState.objects.filter(arn=row.arn, until__gte=when).order_by("until").first()
    return dict(later.values) if later else settings_in(type(row), row.description)


def seen_since(row: Resource, when: datetime) -> datetime | None:
    """Return since when the settings at this time were known; None if no others were known before."""
    latest: datetime | None = FormerState.objects.filter(arn=row.arn, until__lt=when).aggregate(at=Max("until"))["at"]
    return latest


def settings_in(model: type[Resource], description: Mapping[str, Any]) -> dict[str, Any]:
    return {name: description.get(name) for name in model.SETTINGS}


def _stored(model: type[Resource], arns: Iterable[str]) -> dict[str, dict[str, Any]]:
    rows: QuerySet[Any] = model._default_manager.filter(arn__in=list(arns), gone_at=None)
    names = [f"description__{name}" for name in model.SETTINGS]
    return {arn: dict(zip(model.SETTINGS, values, strict=True)) for arn, *values in rows.values_list("arn", *names)}


retain(FormerState, "until")

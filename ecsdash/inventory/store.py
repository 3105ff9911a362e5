"""AWS -> database: bulk upsert by ARN of only what changed, and marking what is gone after a complete pass."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from ecsdash.inventory.models import Account, ChangeCounter, Resource
from ecsdash.inventory.scope import Scope

Row = TypeVar("Row", bound=Resource)
CHUNK = 500


@dataclass(frozen=True)
class Record:
    """One resource as AWS described it. `columns` are the model's own columns beside those of Resource."""

    arn: str
    name: str
    description: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)


def plain(value: Any) -> Any:
    """The same value as JSON has it (timestamps as ISO text), so that it compares equal to what is stored."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder, default=str))


def tag_dict(tags: Iterable[dict[str, str]] | None) -> dict[str, str]:
    """AWS's list of key and value pairs, in any of its spellings, as a dict."""
    return {
        (tag.get("key") or tag.get("Key") or ""): (tag.get("value") or tag.get("Value") or "") for tag in tags or ()
    }


def upsert(model: type[Row], scope: Scope, records: Iterable[Record], noun: str) -> int:
    """Store the records; answers how many rows were new or changed. Bumps the change counter of `noun` if any."""
    wanted = {record.arn: record for record in records}
    changed: list[Row] = []
    with transaction.atomic():
        have = {row.arn: row for row in _rows_with(model, list(wanted))}
        now = timezone.now()
        for arn, record in wanted.items():
            row = have.get(arn) or model(account=scope.account, region=scope.region, arn=arn)
            if _assign(row, record, now):
                changed.append(row)
        if changed:
            names = [f.name for f in model._meta.concrete_fields if not f.primary_key and f.name != "arn"]
            model._default_manager.bulk_create(
                changed, batch_size=CHUNK, update_conflicts=True, unique_fields=["arn"], update_fields=names
            )
            bump(scope.account, scope.region, noun)
    return len(changed)


def mark_missing(model: type[Row], scope: Scope, seen: Iterable[str], noun: str, within: Q | None = None) -> int:
    """Mark as gone every present row of the scope (and `within`) that a complete pass did not see."""
    rows = model._default_manager.filter(within or Q(), account=scope.account, region=scope.region, gone_at=None)
    present = dict(rows.values_list("arn", "pk"))
    missing = [present[arn] for arn in present.keys() - set(seen)]
    with transaction.atomic():
        for start in range(0, len(missing), CHUNK):
            model._default_manager.filter(pk__in=missing[start : start + CHUNK]).update(gone_at=timezone.now())
        if missing:
            bump(scope.account, scope.region, noun)
    return len(missing)


def replace(model: type[Row], scope: Scope, records: Sequence[Record], noun: str, within: Q | None = None) -> None:
    """What a complete pass found is all there is: upsert it and mark the rest as gone."""
    upsert(model, scope, records, noun)
    mark_missing(model, scope, [record.arn for record in records], noun, within)


def bump(account: Account, region: str, noun: str) -> None:
    counter, created = ChangeCounter.objects.get_or_create(
        account=account, region=region, noun=noun, defaults={"value": 1}
    )
    if not created:
        ChangeCounter.objects.filter(pk=counter.pk).update(value=F("value") + 1)


def version_of(scopes: Scope | Iterable[Scope], *nouns: str) -> str:
    """A text that changes whenever a row of these nouns changes in these scopes."""
    wanted = [scopes] if isinstance(scopes, Scope) else list(scopes)
    places = Q(pk__in=[])
    for scope in wanted:
        places |= Q(account=scope.account, region=scope.region)
    counters = ChangeCounter.objects.filter(places, noun__in=nouns).order_by("pk")
    return ".".join(f"{key}:{value}" for key, value in counters.values_list("pk", "value"))


def _rows_with(model: type[Row], arns: list[str]) -> Iterable[Row]:
    for start in range(0, len(arns), CHUNK):
        yield from model._default_manager.filter(arn__in=arns[start : start + CHUNK])


def _assign(row: Resource, record: Record, now: datetime) -> bool:
    """Set the row to the record; True when that changed anything."""
    values: dict[str, Any] = {
        "name": record.name,
        "description": plain(record.description),
        "tags": record.tags,
        "gone_at": None,
        **record.columns,
    }
    same = row.pk is not None and all(_equal(row, name, value) for name, value in values.items())
    if same:
        return False
    for name, value in values.items():
        setattr(row, name, value)
    row.observed_at = now
    return True


def _equal(row: Resource, name: str, value: Any) -> bool:
    have = getattr(row, name)
    if isinstance(value, models.Model):
        return bool(getattr(row, f"{name}_id") == value.pk)
    return bool(have == value)

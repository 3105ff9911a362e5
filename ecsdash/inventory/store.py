"""Storage of AWS descriptions: bulk upsert of changed rows by ARN, marking of missing rows after a complete sweep."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from ecsdash.aws.calls import batches
from ecsdash.inventory import former_states
from ecsdash.inventory.changes import bump
from ecsdash.inventory.models import Resource
from ecsdash.inventory.scope import Scope

Row = TypeVar("Row", bound=Resource)
CHUNK = 500
#: Columns of Resource that an upsert updates.
OWN = ("name", "description", "tags", "version", "digest", "observed_at", "gone_at")


@dataclass(frozen=True)
class Record:
    """One resource as AWS described it. `columns` are the model's own columns beside those of Resource.

    All records of one upsert have the same columns. `version` is ECS's own, 0 where a resource has none.
    """

    arn: str
    name: str
    description: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    version: int = 0

    @cached_property
    def digest(self) -> str:
        """Hash of the record, by which unchanged rows are found without their descriptions."""
        others = _text((self.name, self.tags, self.columns, self.version))
        return blake2b((self.text + others).encode(), digest_size=16).hexdigest()

    @cached_property
    def text(self) -> str:
        """The description as JSON."""
        return _text(self.description)


def plain(value: Any) -> Any:
    """Return the value as it is stored in JSON (timestamps as ISO text)."""
    return json.loads(_text(value))


def _text(value: Any) -> str:
    return json.dumps(value, cls=_Encoder, sort_keys=True)


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        return o.pk if isinstance(o, models.Model) else super().default(o)


def tag_dict(tags: Iterable[dict[str, str]] | None) -> dict[str, str]:
    """Return AWS's list of tags, in any spelling of its keys, as a dict."""
    return {
        (tag.get("key") or tag.get("Key") or ""): (tag.get("value") or tag.get("Value") or "") for tag in tags or ()
    }


def upsert(model: type[Row], scope: Scope, records: Iterable[Record], noun: str) -> int:
    """Store the records. Return the number of new or changed rows; if there are any, increment the counter of `noun`.

    Records older than their row (by version, because an event came first) are skipped.
    """
    records_by_arn = {record.arn: record for record in records}
    same = set(_unchanged(model, records_by_arn))
    differing = [records_by_arn[arn] for arn in sorted(records_by_arn.keys() - same)]
    if not differing:
        return 0
    with transaction.atomic():
        newer = _newer_rows(model, differing)
        now = timezone.now()
        rows = [_row(model, scope, record, now) for record in differing if record.arn not in newer]
        if rows:
            former_states.keep(model, rows, now)
            columns = differing[0].columns.keys()
            model._default_manager.bulk_create(
                rows, batch_size=CHUNK, update_conflicts=True, unique_fields=["arn"], update_fields=[*OWN, *columns]
            )
            bump(scope.account, scope.region, noun)
    return len(rows)


def mark_missing(model: type[Row], scope: Scope, seen: Iterable[str], noun: str, within: Q | None = None) -> int:
    """Mark as gone every present row of the scope (and `within`) that a complete sweep did not find."""
    rows = model._default_manager.filter(within or Q(), account=scope.account, region=scope.region, gone_at=None)
    present = dict(rows.values_list("arn", "pk"))
    missing = [present[arn] for arn in present.keys() - set(seen)]
    if not missing:
        return 0
    with transaction.atomic():
        for start in range(0, len(missing), CHUNK):
            model._default_manager.filter(pk__in=missing[start : start + CHUNK]).update(gone_at=timezone.now())
        bump(scope.account, scope.region, noun)
    return len(missing)


def replace(model: type[Row], scope: Scope, records: Sequence[Record], noun: str, within: Q | None = None) -> None:
    """Upsert the records of a complete sweep and mark all other rows as gone."""
    upsert(model, scope, records, noun)
    mark_missing(model, scope, [record.arn for record in records], noun, within)


def _unchanged(model: type[Row], records_by_arn: Mapping[str, Record]) -> Iterator[str]:
    """Yield the ARNs of present rows that are equal to their records."""
    for arns in batches(list(records_by_arn), CHUNK):
        rows = model._default_manager.filter(arn__in=arns, gone_at=None)
        yield from (arn for arn, digest in rows.values_list("arn", "digest") if digest == records_by_arn[arn].digest)


def _newer_rows(model: type[Row], records: Sequence[Record]) -> set[str]:
    """Return the ARNs of rows newer than their records. The rows are locked until the transaction ends."""
    versions = {record.arn: record.version for record in records if record.version}
    newer: set[str] = set()
    for arns in batches(list(versions), CHUNK):
        rows = model._default_manager.filter(arn__in=arns).order_by("arn").select_for_update()
        newer |= {arn for arn, version in rows.values_list("arn", "version") if version > versions[arn]}
    return newer


def _row(model: type[Row], scope: Scope, record: Record, now: datetime) -> Row:
    return model(
        account=scope.account,
        region=scope.region,
        arn=record.arn,
        name=record.name,
        description=json.loads(record.text),
        tags=record.tags,
        version=record.version,
        digest=record.digest,
        observed_at=now,
        **record.columns,
    )

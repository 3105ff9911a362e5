"""Streamed export of audit events as CSV or JSON Lines."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from ecsdash.audit.models import AuditEvent
from ecsdash.audit.verifier import FIELDS, canonical
from ecsdash.web.tables import csv_export


def as_csv(events: QuerySet[AuditEvent]) -> StreamingHttpResponse:
    return csv_export.response("audit.csv", _lines(events))


def as_json_lines(events: QuerySet[AuditEvent]) -> StreamingHttpResponse:
    """Return one event per line in the order of their numbers, as ecsdash.audit.verifier reads them."""
    lines = (canonical(event) + "\n" for event in _events(events.order_by("seq")))
    headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"'}
    return StreamingHttpResponse(lines, content_type="application/x-ndjson", headers=headers)


def _events(events: QuerySet[AuditEvent]) -> Iterator[dict[str, Any]]:
    yield from events.values(*FIELDS).iterator(chunk_size=500)


def _lines(events: QuerySet[AuditEvent]) -> Iterator[list[Any]]:
    yield list(FIELDS)
    for event in _events(events):
        yield [_cell(event[name]) for name in FIELDS]


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value

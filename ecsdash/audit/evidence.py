"""Evidence pack: events of a time, the checkpoints, a signed manifest and the verifier, in one zip archive.

It is streamed: memory holds one batch, whatever the length of the trail.
"""

import io
from collections.abc import Iterator, Set
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from ecsdash.audit import checkpoints, verifier, verify
from ecsdash.audit.keys import signing_key
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.sinks.base import Row, text
from ecsdash.audit.verifier import CHECKPOINTS_FILE, EVENTS_FILE, GENESIS, MANIFEST_FILE, WITHHELD, manifest_mac

BATCH: Final = 500
VERIFIER_FILE: Final = "audit_verify.py"
README: Final = f"""Evidence pack of the audit trail of ecsdash.

{EVENTS_FILE}       events in the order of their numbers; those that the filter left out have no content
{CHECKPOINTS_FILE}  signed statements of how long the trail was, and how it ended
{MANIFEST_FILE}     what this pack holds, signed
{VERIFIER_FILE}    needs Python 3.11 and nothing else:

    python {VERIFIER_FILE} . --keys keys.txt

The keys (one id:secret per line) are not in the pack: ask the people who run the dashboard.
"""


class _Buffer(io.RawIOBase):
    """A file that can only be written to; `take` returns what was written since the last time."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._chunks.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self._chunks = b"".join(self._chunks), []
        return taken


def pack(begin: datetime, end: datetime, matching: QuerySet[AuditEvent], about: Row) -> Iterator[bytes]:
    """Return the archive in parts: the events from `begin` to `end`, in full those of `matching`. `about` goes into
    the manifest: who asked for it, and the filter."""
    ends = AuditEvent.objects.filter(at__gte=begin, at__lt=end).aggregate(first=Min("seq"), last=Max("seq"))
    first, last = ends["first"] or 1, ends["last"] or 0
    manifest: Row = {**about, "first_seq": first, "last_seq": last, "last_hash": GENESIS, "events": 0, "withheld": 0}
    buffer = _Buffer()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        with archive.open(EVENTS_FILE, "w") as file:
            events = verify.rows(first, last)
            while batch := list(islice(events, BATCH)):
                file.write(text(_withhold(batch, _shown(matching, batch), manifest)).encode())
                yield buffer.take()
        with archive.open(CHECKPOINTS_FILE, "w") as file:
            stored = checkpoints.rows()
            while signed := list(islice(stored, BATCH)):
                file.write(text(signed).encode())
                yield buffer.take()
        key = signing_key()
        manifest |= {"key_id": key.id, "created_at": timezone.now().isoformat()}
        manifest["mac"] = manifest_mac(key.secret, manifest)
        archive.writestr(MANIFEST_FILE, text([manifest]))
        archive.writestr(VERIFIER_FILE, Path(verifier.__file__).read_text())
        archive.writestr("README.txt", README)
    yield buffer.take()


def _shown(matching: QuerySet[AuditEvent], batch: list[Row]) -> Set[int]:
    ends = {"seq__gte": batch[0]["seq"], "seq__lte": batch[-1]["seq"]}
    return set(matching.filter(**ends).order_by().values_list("seq", flat=True))


def _withhold(batch: list[Row], shown: Set[int], manifest: Row) -> list[Row]:
    """Return the events without the content of those that are not shown, and count both in the manifest."""
    manifest["last_hash"] = batch[-1]["hash"]
    manifest["events"] += len(shown)
    manifest["withheld"] += len(batch) - len(shown)
    return [row if row["seq"] in shown else {name: row[name] for name in WITHHELD} for row in batch]

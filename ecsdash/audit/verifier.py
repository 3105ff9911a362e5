#!/usr/bin/env python3
"""Verify an audit trail of ecsdash: hashes, chain, message authentication codes (MACs) and signed checkpoints.

This file needs Python 3.11 and nothing else. The product verifies its database with it, and every evidence pack holds
a copy of it:

    python audit_verify.py evidence.zip --keys keys.txt
    python audit_verify.py audit.jsonl --checkpoints checkpoints.jsonl --keys keys.txt

PATH is an evidence pack (zip or its folder) or an export as JSON Lines. `--keys` names a file with one `id:secret` per
line, as in ECSDASH_AUDIT_KEYS, which is read without it. `--partial` accepts an export that ends before the last
checkpoint. Exit status: 0 intact, 1 not intact, 2 not verified (bad input, or the keys are missing).
"""

import argparse
import hmac
import json
import os
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

Event = Mapping[str, Any]
Keys = Mapping[str, bytes]

GENESIS: Final = "0" * 64
MOST_FINDINGS: Final = 20
_DESCRIBED: Final = (
    "seq", "at", "actor_id", "actor_name", "source_ip", "action", "phase", "outcome", "account", "region", "cluster",
    "service", "resource_type", "resource_arn", "resource_name", "reason", "changes", "detail", "operation",
    "request_ids",
)  # fmt: skip
#: The fields that the hash of an event covers, in order, by the event's `scheme`. Events of scheme 1 have no MAC.
SEALED: Final = {
    1: (*_DESCRIBED, "prev_hash"),
    2: ("scheme", *_DESCRIBED, "code", "code_version", "key_id", "prev_hash"),
}
SCHEME: Final = 2
#: All fields of an exported event.
FIELDS: Final = (*SEALED[SCHEME], "hash", "mac")
#: What an evidence pack holds of an event that its filter leaves out: enough to verify the chain.
WITHHELD: Final = ("scheme", "seq", "key_id", "prev_hash", "hash", "mac")
CHECKPOINT: Final = ("number", "count", "last_hash", "at", "previous", "key_id")
EVENTS_FILE, CHECKPOINTS_FILE, MANIFEST_FILE = "events.jsonl", "checkpoints.jsonl", "manifest.json"


class UnreadableError(Exception):
    """The input is not an export or evidence pack; the message says why."""


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: keys sorted, ASCII only, times in UTC with microseconds."""
    return _ENCODER.encode(value)


def seal(event: Event) -> str:
    """Return the hash of an event: SHA-256 of its sealed fields, the hash of the previous event among them."""
    return sha256(canonical([event[name] for name in SEALED[event["scheme"]]]).encode()).hexdigest()


def event_mac(key: bytes, event: Event) -> str:
    """Return the MAC of an event. It covers the number and the hash, so it can be verified without the content."""
    return _mac(key, f"event:{event['scheme']}:{event['seq']}:{event['hash']}")


def checkpoint_mac(key: bytes, checkpoint: Event) -> str:
    return _mac(key, "checkpoint:" + canonical([checkpoint[name] for name in CHECKPOINT]))


def manifest_mac(key: bytes, manifest: Event) -> str:
    return _mac(key, "manifest:" + canonical({name: value for name, value in manifest.items() if name != "mac"}))


def parse_keys(text: str) -> dict[str, bytes]:
    """Return the keys of `id:secret` pairs, separated by commas or lines. The first one signs; all of them verify."""
    pairs = [pair.strip().partition(":") for pair in text.replace(",", "\n").splitlines() if pair.strip()]
    if not all(key_id and secret for key_id, _, secret in pairs):
        raise UnreadableError("A key has the form id:secret.")
    return {key_id: secret.encode() for key_id, _, secret in pairs}


@dataclass(frozen=True)
class Finding:
    """`kind`: edited, moved, relinked, deleted, reordered, forged, truncated, checkpoint, manifest."""

    seq: int
    kind: str
    text: str


@dataclass
class Verification:
    """The verification of the events `first`, `first + 1`, ... Events are given in order, `finish` comes last.

    Without `keys` no MAC is verified. `last_hash` is the hash of the event before the first, empty when unknown.
    """

    keys: Keys
    checkpoints: Iterable[Event] = ()
    first: int = 1
    last_hash: str = ""
    findings: list[Finding] = field(default_factory=list)
    checked: int = 0
    withheld: int = 0
    authentic: int = 0  # events whose MAC was verified

    def __post_init__(self) -> None:
        self.last = self.first - 1
        self.last_hash = self.last_hash or (GENESIS if self.first == 1 else "")
        self._scheme = 1
        self._expected: dict[int, list[Event]] = defaultdict(list)
        for checkpoint in self._valid(self.checkpoints):
            self._expected[checkpoint["count"]].append(checkpoint)
        self._latest = max(self._expected, default=0)
        if self.last in self._expected and not self.last_hash:
            self.last_hash = self._expected[self.last][0]["last_hash"]

    @property
    def intact(self) -> bool:
        return not self.findings

    def add(self, seq: int, kind: str, text: str) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(seq, kind, text))

    def take(self, event: Event) -> None:
        """Verify the next event."""
        seq = event["seq"]
        if seq > self.last + 1:
            self.add(self.last + 1, "deleted", f"events {self.last + 1} to {seq - 1} are missing")
        elif seq <= self.last:
            self.add(seq, "reordered", f"event {seq} comes after event {self.last}")
        else:
            self._check(event)
        self._authenticate(event)
        self.last, self.last_hash = seq, event["hash"]
        self.checked += 1
        for checkpoint in self._expected.get(seq, ()):
            if checkpoint["last_hash"] != event["hash"]:
                self.add(seq, "checkpoint", f"event {seq} differs from the checkpoint of {checkpoint['at']}")

    def finish(self, *, partial: bool = False) -> None:
        """Report that events are missing at the end: the last checkpoint counts more."""
        if not partial and self._latest > self.last:
            checkpoint = self._expected[self._latest][0]
            counted = f"the checkpoint of {checkpoint['at']} counts {self._latest} events"
            self.add(self.last + 1, "truncated", f"{counted}, but the last event is {self.last}")

    def _check(self, event: Event) -> None:
        seq, withheld = event["seq"], "at" not in event
        self.withheld += withheld
        linked = event["prev_hash"] == self.last_hash or not self.last_hash
        sealed = withheld or (event["scheme"] in SEALED and seal(event) == event["hash"])
        if linked and not sealed:
            self.add(seq, "edited", f"event {seq} was changed after it was recorded")
        elif sealed and not linked:
            self.add(seq, "relinked", f"event {seq} does not follow event {seq - 1}, which was replaced or inserted")
        elif not sealed:
            self.add(seq, "moved", f"event {seq} was moved from another position")

    def _authenticate(self, event: Event) -> None:
        seq, key = event["seq"], self.keys.get(event["key_id"])
        if event["scheme"] < self._scheme:
            self.add(seq, "forged", f"event {seq} has no MAC, although an earlier event has one")
        self._scheme = max(self._scheme, event["scheme"])
        if event["scheme"] == 1 or not self.keys:
            return
        if key is None:
            self.add(seq, "forged", f"event {seq} names the unknown key {event['key_id']!r}")
        elif not hmac.compare_digest(event_mac(key, event), event["mac"]):
            self.add(seq, "forged", f"event {seq} was not written by the product: its MAC is wrong")
        else:
            self.authentic += 1

    def _valid(self, checkpoints: Iterable[Event]) -> Iterator[Event]:
        """Return the checkpoints with a correct MAC, and report the others and those that contradict each other."""
        by_number: dict[int, Event] = {}
        for checkpoint in checkpoints:
            number, key = checkpoint["number"], self.keys.get(checkpoint["key_id"])
            if self.keys and not (key and hmac.compare_digest(checkpoint_mac(key, checkpoint), checkpoint["mac"])):
                self.add(checkpoint["count"], "checkpoint", f"checkpoint {number} was not written by the product")
                continue
            other, before = by_number.get(number), by_number.get(number - 1)
            if other and other["mac"] != checkpoint["mac"]:
                self.add(checkpoint["count"], "checkpoint", f"there are two checkpoints with the number {number}")
            elif before and checkpoint["previous"] != before["mac"]:
                self.add(checkpoint["count"], "checkpoint", f"checkpoint {number} does not follow the one before")
            by_number[number] = checkpoint
            yield checkpoint


def verify_file(path: Path, keys: Keys, checkpoints: Path | None = None, *, partial: bool = False) -> Verification:
    """Verify an export or an evidence pack. Raise UnreadableError."""
    try:
        with _opened(path) as read:
            signed = list(_lines(checkpoints.open("rb") if checkpoints else read(CHECKPOINTS_FILE)))
            manifest = next(_lines(read(MANIFEST_FILE)), None)
            events = _lines(read(EVENTS_FILE))
            first_event = next(events, None)
            first = manifest["first_seq"] if manifest else first_event["seq"] if first_event and partial else 1
            verification = Verification(keys, signed, first=first)
            if first_event:
                verification.take(first_event)
            for event in events:
                verification.take(event)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise UnreadableError(f"{path} cannot be read as an audit trail: {error!r}") from error
    verification.finish(partial=partial or manifest is not None)
    if manifest:
        _compare(verification, manifest)
    return verification


def _compare(verification: Verification, manifest: Event) -> None:
    """Report that an evidence pack does not hold what its manifest says."""
    key = verification.keys.get(manifest["key_id"])
    if verification.keys and not (key and hmac.compare_digest(manifest_mac(key, manifest), manifest["mac"])):
        verification.add(manifest["first_seq"], "manifest", "the manifest was not written by the product")
    found: dict[str, Any] = {"events": verification.checked - verification.withheld, "withheld": verification.withheld}
    if found["events"] or found["withheld"]:
        found |= {"last_seq": verification.last, "last_hash": verification.last_hash}
    for name, value in found.items():
        if manifest[name] != value:
            verification.add(verification.last, "manifest", f"{name} is {manifest[name]} in the manifest, not {value}")


@contextmanager
def _opened(path: Path) -> Iterator[Callable[[str], IO[bytes] | None]]:
    """Return a function that opens a file of the pack, None when there is none; of an export there are only events."""
    if path.is_dir():
        yield lambda name: (path / name).open("rb") if (path / name).exists() else None
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as pack:
            names = set(pack.namelist())
            yield lambda name: pack.open(name) if name in names else None
    else:
        yield lambda name: path.open("rb") if name == EVENTS_FILE else None


def _lines(file: IO[bytes] | None) -> Iterator[dict[str, Any]]:
    if file is None:
        return
    with file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _mac(key: bytes, message: str) -> str:
    return hmac.digest(key, message.encode(), "sha256").hex()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be sealed")


_ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=_plain
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an export or an evidence pack of the audit trail of ecsdash.")
    parser.add_argument("path", type=Path, help="evidence pack (zip or folder) or export (JSON Lines)")
    parser.add_argument("--checkpoints", type=Path, help="checkpoints (JSON Lines), instead of those of the pack")
    parser.add_argument("--keys", type=Path, help="file with one id:secret per line")
    parser.add_argument("--partial", action="store_true", help="the export may begin and end anywhere")
    options = parser.parse_args(arguments)
    try:
        keys = parse_keys(options.keys.read_text() if options.keys else os.environ.get("ECSDASH_AUDIT_KEYS", ""))
        result = verify_file(options.path, keys, options.checkpoints, partial=options.partial)
    except (OSError, UnreadableError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    for finding in result.findings:
        print(f"{finding.seq}: {finding.kind}: {finding.text}")  # noqa: T201
    counted = f"{result.checked} events ({result.withheld} without content), {result.authentic} MACs verified"
    print(f"{counted}, ending in {result.last_hash}: {'intact' if result.intact else 'NOT INTACT'}")  # noqa: T201
    if result.intact and not keys:
        print("The chain is consistent, but without the keys nobody knows who wrote it.", file=sys.stderr)  # noqa: T201
        return 2
    return 0 if result.intact else 1


if __name__ == "__main__":
    sys.exit(main())

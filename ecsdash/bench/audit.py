"""Duration of `audit_verify` for a long audit trail, and whether it detects changes made by the database owner: in the
database, and in an export by the verifier alone."""

import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ecsdash.audit import checkpoints, verifier
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.record import sign
from ecsdash.audit.sinks import delivery
from ecsdash.audit.verifier import GENESIS, SCHEME, Verification, canonical
from ecsdash.audit.verify import rows, verify
from ecsdash.bench import environment, tampering
from ecsdash.bench.figures import Figure
from ecsdash.bench.servers import bench_servers

BATCH = 5000
SECONDS_GOAL = 10.0
KEY = "bench:a key of this run"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--events", type=int, default=100_000, help="length of the trail")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    last, outside = options["events"], environment.DIRECTORY / "outside"
    settings.AUDIT_KEYS, settings.AUDIT_CHECKPOINTS = [KEY], [outside.as_uri()]
    with bench_servers():
        write(last)
        checkpoints.take()
        delivery.deliver_all()
        report, took = _timed_verify()
        yield Figure("events in the trail", report.checked, "events")
        yield Figure("untouched: findings", len(report.findings), "findings", 0)
        yield Figure("untouched: audit_verify", took, "s", SECONDS_GOAL)
        yield from _offline("untouched", outside, found=False)
        tampering.own_the_tables()
        for name, tamper in tampering.EIGHT.items():
            with transaction.atomic():
                tamper(last // 2, last)
                report, took = _timed_verify()
                yield Figure(f"{name}: found", int(not report.intact), "of 1", 1, "least")
                yield Figure(f"{name}: audit_verify", took, "s", SECONDS_GOAL)
                yield from _offline(name, outside, found=True)
                transaction.set_rollback(True)


def _offline(name: str, outside: Path, *, found: bool) -> Iterator[Figure]:
    """Verify an export with the verifier's file alone, in a Python without packages."""
    export = environment.DIRECTORY / "audit.jsonl"
    with export.open("w") as file:
        file.writelines(canonical(row) + "\n" for row in rows())
    (environment.DIRECTORY / "keys.txt").write_text(KEY)
    command = [sys.executable, "-I", "-S", verifier.__file__, str(export), "--keys", "keys.txt"]
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603
        [*command, "--checkpoints", str(outside / "checkpoints.jsonl")],
        cwd=environment.DIRECTORY,
        capture_output=True,
        check=False,
    )
    took = time.monotonic() - began
    yield Figure(f"{name}: offline says so", int(done.returncode == int(found)), "of 1", 1, "least")
    yield Figure(f"{name}: offline", took, "s", SECONDS_GOAL)


def write(number: int) -> None:
    """Write a chain of deployment events."""
    before, events = GENESIS, []
    for seq in range(1, number + 1):
        event = _event(seq, before)
        sign(event)
        before = event.hash
        events.append(event)
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)


def _event(seq: int, before: str) -> AuditEvent:
    service = f"web-{seq % 100}"
    return AuditEvent(
        scheme=SCHEME,
        seq=seq,
        at=timezone.now(),
        actor_name="dora",
        source_ip="192.0.2.1",
        action="deploy_service",
        phase="outcome",
        outcome="succeeded",
        account="bench",
        region="eu-central-1",
        cluster="shop",
        service=service,
        resource_type="service",
        resource_arn=f"arn:aws:ecs:eu-central-1:123456789012:service/shop/{service}",
        resource_name=service,
        changes=[{"path": "taskDefinition", "before": f"{service}:{seq}", "after": f"{service}:{seq + 1}"}],
        detail={"steps": 3, "calls": ["ecs.update_service"]},
        request_ids=[f"request-{seq}"],
        code="operation.ended",
        code_version=1,
        prev_hash=before,
    )


def _timed_verify() -> tuple[Verification, float]:
    began = time.monotonic()
    return verify(), time.monotonic() - began

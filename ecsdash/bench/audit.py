"""Duration of `audit_verify` for a long audit trail, and whether it detects changes made by the database owner."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from ecsdash.audit.chain import GENESIS, SEALED, seal
from ecsdash.audit.models import AuditEvent, ChainHead
from ecsdash.audit.verify import Report, verify
from ecsdash.bench.figures import Figure
from ecsdash.bench.servers import bench_servers

BATCH = 5000
SECONDS_GOAL = 10.0
COPIED = ", ".join(str(field.column) for field in AuditEvent._meta.fields if field.name not in ("id", "seq"))
#: {at} is the number of the changed event, in the middle; {last} is the number of events.
TAMPERINGS = {
    "one edited": ["UPDATE audit_auditevent SET action = 'innocent' WHERE seq = {at}"],
    "one deleted": ["DELETE FROM audit_auditevent WHERE seq = {at}"],
    "one inserted": [
        "UPDATE audit_auditevent SET seq = seq + 2 * {last} WHERE seq >= {at}",
        "UPDATE audit_auditevent SET seq = seq - 2 * {last} + 1 WHERE seq >= 2 * {last}",
        "INSERT INTO audit_auditevent (seq, {copied}) SELECT {at}, {copied} FROM audit_auditevent WHERE seq = {at} - 1",
        "UPDATE audit_chainhead SET count = count + 1",
    ],
    "two reordered": [
        "UPDATE audit_auditevent SET seq = 2 * {last} WHERE seq = {at}",
        "UPDATE audit_auditevent SET seq = {at} WHERE seq = {at} + 1",
        "UPDATE audit_auditevent SET seq = {at} + 1 WHERE seq = 2 * {last}",
    ],
    "the last ten truncated": ["DELETE FROM audit_auditevent WHERE seq > {last} - 10"],
}


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--events", type=int, default=100_000, help="length of the trail")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    last = options["events"]
    with bench_servers():
        write(last)
        report, took = _timed_verify()
        yield Figure("events in the trail", report.checked, "events")
        yield Figure("untouched: findings", len(report.findings), "findings", 0)
        yield Figure("untouched: audit_verify", took, "s", SECONDS_GOAL)
        _run(["ALTER TABLE audit_auditevent DISABLE TRIGGER audit_append_only"])
        for name, statements in TAMPERINGS.items():
            with transaction.atomic():
                _run([each.format(at=last // 2, last=last, copied=COPIED) for each in statements])
                report, took = _timed_verify()
                transaction.set_rollback(True)
            yield Figure(f"{name}: found", int(not report.intact), "of 1", 1, "least")
            yield Figure(f"{name}: audit_verify", took, "s", SECONDS_GOAL)


def write(number: int) -> None:
    """Write a chain of deployment events."""
    before, events = GENESIS, []
    for seq in range(1, number + 1):
        event = _event(seq, before)
        before = event.hash = seal(getattr(event, name) for name in SEALED)
        events.append(event)
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)
    ChainHead.objects.update_or_create(pk=1, defaults={"count": number, "last_hash": before})


def _event(seq: int, before: str) -> AuditEvent:
    service = f"web-{seq % 100}"
    return AuditEvent(
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
        prev_hash=before,
    )


def _timed_verify() -> tuple[Report, float]:
    began = time.monotonic()
    return verify(), time.monotonic() - began


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

"""Concurrent writers produce one chain without gaps and forks."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from ecsdash.audit.models import AuditEvent
from ecsdash.audit.record import record
from ecsdash.audit.verify import verify

WRITERS, EACH = 8, 12


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_make_one_chain() -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        written = list(pool.map(write, range(WRITERS)))
    assert sum(written) == AuditEvent.objects.count() < WRITERS * EACH
    report = verify()
    assert (report.intact, report.checked) == (True, sum(written))


def write(writer: int) -> int:
    """Record events and roll back every third transaction. Return the number of committed events."""
    kept = 0
    for number in range(EACH):
        with transaction.atomic():
            record(actor=None, action=f"writer_{writer}")
            transaction.set_rollback(number % 3 == 0)
        kept += number % 3 != 0
    connection.close()
    return kept

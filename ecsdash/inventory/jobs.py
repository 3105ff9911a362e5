"""Celery jobs of the inventory."""

from typing import Final

import structlog
from celery import shared_task

from ecsdash.inventory import retention
from ecsdash.inventory.accounts import connection_test, removal
from ecsdash.inventory.sweeps import admission, claim, run
from ecsdash.outages import DATABASE_ERRORS
from ecsdash.web.enqueue import enqueue

DATABASE_SECONDS: Final = 2.0  # until a sweep is tried again that stopped because our database was not available
log = structlog.get_logger(__name__)


@shared_task(name="inventory.sweep_due")
def sweep_due() -> None:
    for state in admission.choose(run.due_states()):
        if claim.claim(state):
            enqueue(sweep, state.pk, state.fence)


@shared_task(name="inventory.sweep")
def sweep(state_pk: int, fence: int) -> None:
    """Run one sweep, then start the next ones that are due."""
    try:
        run.run(state_pk, fence)
        sweep_due()
    except DATABASE_ERRORS:
        log.warning("sweep_interrupted", sweep=state_pk)
        enqueue(sweep, state_pk, fence, countdown=DATABASE_SECONDS)


@shared_task(name="inventory.test_connection")
def test_connection(account_pk: int) -> None:
    connection_test.run(account_pk)


@shared_task(name="inventory.forget_account")
def forget_account(account_pk: int) -> None:
    removal.clear(account_pk)


@shared_task(name="inventory.prune")
def prune() -> None:
    """Hourly cleanup: old rows, and rows of removed accounts that were not deleted because the queue was lost."""
    removal.clear_removed()
    retention.prune()

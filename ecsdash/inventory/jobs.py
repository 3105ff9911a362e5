"""Celery jobs of the inventory."""

from celery import shared_task

from ecsdash.inventory import retention
from ecsdash.inventory.accounts import connection_test, removal
from ecsdash.inventory.sweeps import admission, claim, run
from ecsdash.web.enqueue import enqueue


@shared_task(name="inventory.sweep_due")
def sweep_due() -> None:
    for state in admission.choose(run.due_states()):
        if claim.claim(state):
            enqueue(sweep, state.pk, state.fence)


@shared_task(name="inventory.sweep")
def sweep(state_pk: int, fence: int) -> None:
    """Run one sweep, then start the next ones that are due."""
    run.run(state_pk, fence)
    sweep_due()


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

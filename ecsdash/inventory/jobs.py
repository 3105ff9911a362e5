"""Celery jobs of the inventory."""

from celery import shared_task

from ecsdash.inventory import sweeps


@shared_task(name="inventory.sweep_due")
def sweep_due() -> None:
    for state in sweeps.due_states():
        if sweeps.claim(state):
            sweep.delay(state.pk)


@shared_task(name="inventory.sweep")
def sweep(state_pk: int) -> None:
    sweeps.run(state_pk)

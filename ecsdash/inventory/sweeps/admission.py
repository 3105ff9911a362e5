"""Which of the due sweeps go on now, so that no account takes the workers away from the others, or from people.

An account that does not answer holds a thread for a minute each time: it gets one, and all such accounts together two.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, zip_longest

from django.conf import settings

from ecsdash.inventory.models import SweepState
from ecsdash.inventory.sweeps.schedule import FUTURE
from ecsdash.web import clock

SILENT_TOGETHER = 2
#: What botocore says when nobody answers.
SILENT = {"ConnectTimeoutError", "ConnectionClosedError", "EndpointConnectionError", "ReadTimeoutError"}


def choose(due: Sequence[SweepState]) -> list[SweepState]:
    """As many of `due` as there is room for, the accounts in turn; of each account what waits longest first."""
    if not due:
        return []
    now = clock.now()
    claimed = SweepState.objects.filter(claimed_until__gt=now, claimed_until__lt=now + FUTURE)
    busy = Counter(claimed.values_list("account_id", flat=True))
    silent = set(SweepState.objects.filter(error_code__in=SILENT).values_list("account_id", flat=True))
    chosen: list[SweepState] = []
    for state in _in_turn(due):
        if _room(state.account_id, busy, silent):
            busy[state.account_id] += 1
            chosen.append(state)
    return chosen


def _room(account: int, busy: Counter[int], silent: set[int]) -> bool:
    if busy.total() >= settings.SWEEPS_AT_ONCE:
        return False
    if account in silent:
        return not busy[account] and sum(busy[each] for each in silent) < SILENT_TOGETHER
    return busy[account] < max(1, settings.SWEEPS_AT_ONCE // 2)


def _in_turn(due: Sequence[SweepState]) -> list[SweepState]:
    accounts: dict[int, list[SweepState]] = {}
    for state in sorted(due, key=lambda each: each.started_at.timestamp() if each.started_at else 0):
        accounts.setdefault(state.account_id, []).append(state)
    return [state for state in chain.from_iterable(zip_longest(*accounts.values())) if state]

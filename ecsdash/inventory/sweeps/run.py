"""Sweeps: who sweeps which noun, claiming one, running it. A failed call marks nothing as gone; its error is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.utils import timezone

from ecsdash.aws.buckets import Priority, calling
from ecsdash.aws.errors import AwsError
from ecsdash.inventory import changes
from ecsdash.inventory.events import coverage
from ecsdash.inventory.models import Account, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import claim, schedule
from ecsdash.inventory.sweeps.claim import ClaimLost, Pass, claim
from ecsdash.masking import mask

FAILING = 2  # failures in a row, from which on the overview speaks of a sweep
SweepFunction = Callable[[Scope], None]
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sweeper:
    """`choice` marks nouns that only forms offer (subnets, key pairs ...): they are swept slowly."""

    noun: str
    sweep: SweepFunction
    choice: bool


SWEEPERS: dict[str, Sweeper] = {}


def sweeper(noun: str, *, choice: bool = False) -> Callable[[SweepFunction], SweepFunction]:
    """Register the function that brings a noun's rows of one scope up to date. Apps do so in their `sync` module."""

    def register(function: SweepFunction) -> SweepFunction:
        SWEEPERS[noun] = Sweeper(noun, function, choice)
        return function

    return register


def due_states() -> list[SweepState]:
    """The states whose time has come, after making sure that every enabled scope has one per noun."""
    _make_missing_states()
    states = list(SweepState.objects.filter(account__enabled=True, noun__in=SWEEPERS))
    times, now = due_times(states), timezone.now()
    return [state for state in states if times[state.pk] <= now]


def due_times(states: list[SweepState]) -> dict[int, datetime]:
    """When each of these states is to be swept next, by its key.

    Where events flow and nobody looks, the few things that they do not tell can wait as long as choices do.
    """
    looked_at, flows, now = schedule.watched(states), coverage.flowing(), timezone.now()
    return {
        state.pk: schedule.due_at(
            state,
            choice=SWEEPERS[state.noun].choice or (state.account_id, state.region) in flows,
            is_watched=state.pk in looked_at,
            is_told=coverage.told(state, flows),
            now=now,
        )
        for state in states
    }


def run(state_pk: int, fence: int) -> None:
    """Sweep one noun of one scope, claimed with this fence, and note how that went."""
    state = SweepState.objects.select_related("account").get(pk=state_pk)
    if state.fence != fence:
        return
    with calling(_priority(state)) as caller:
        current = Pass(state, caller)
        caller.before = current.beat
        try:
            with claim.running(current):
                _sweep(state, current)
        except ClaimLost:
            log.warning("sweep_claim_lost", noun=state.noun, account=state.account.alias, region=state.region)
        else:
            _tell(state)


def sweep_now(scope: Scope, *nouns: str) -> None:
    """Sweep at once in this process, in the order given. For the seed, tests and the end of an operation."""
    for noun in nouns or SWEEPERS:
        state, _ = SweepState.objects.get_or_create(account=scope.account, region=scope.region, noun=noun)
        claim(state, force=True)
        run(state.pk, state.fence)


def _sweep(state: SweepState, current: Pass) -> None:
    words = {"noun": state.noun, "account": state.account.alias, "region": state.region}
    try:
        SWEEPERS[state.noun].sweep(Scope(state.account, state.region))
    except ClaimLost:
        raise
    except AwsError as error:
        log.warning("sweep_failed", code=error.code, **words)
        current.fail(error.code, str(mask(error.message)), resume=error.retryable)
    except Exception as error:
        log.exception("sweep_broke", **words)
        current.fail(type(error).__name__, "The sweep broke; the log has the details.", resume=False)
    else:
        current.complete()


def _tell(before: SweepState) -> None:
    """Pages show it when AWS begins or ceases to answer, and the first look of all."""
    after = SweepState.objects.get(pk=before.pk)
    if (before.error, before.completed_at is None) != (after.error, after.completed_at is None):
        changes.bump(before.account, before.region, before.noun)
    if _trouble(before) != _trouble(after):
        changes.bump(before.account, before.region, "sweeps")


def _trouble(state: SweepState) -> tuple[str, str] | None:
    return (state.error_code, state.error) if state.failures >= FAILING else None


def _priority(state: SweepState) -> Priority:
    """What just changed or moves goes before what is only looked after."""
    asked = state.requested_at and (state.completed_at is None or state.requested_at > state.completed_at)
    hot = state.hot_until and state.hot_until > timezone.now()
    return Priority.HOT if asked or hot else Priority.SWEEP


def _make_missing_states() -> None:
    have = set(SweepState.objects.values_list("account_id", "region", "noun"))
    wanted = [
        SweepState(account=account, region=region, noun=noun)
        for account in Account.objects.filter(enabled=True)
        for region in account.regions
        for noun in SWEEPERS
        if (account.pk, region, noun) not in have
    ]
    SweepState.objects.bulk_create(wanted, ignore_conflicts=True)

"""Sweeps: who sweeps which noun, claiming one, running it. A sweep that fails changes no row; its error is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db.models import F, Q
from django.utils import timezone

from ecsdash.audit.masking import mask
from ecsdash.aws.errors import AwsError
from ecsdash.inventory import changes, heat
from ecsdash.inventory.models import Account, SweepState
from ecsdash.inventory.scope import Scope

CLAIM_SECONDS = 120
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
    states = [s for s in SweepState.objects.filter(account__enabled=True) if s.noun in SWEEPERS]
    looked_at, now = heat.watched(states), timezone.now()
    return [
        state
        for state in states
        if heat.due(state, choice=SWEEPERS[state.noun].choice, is_watched=state.pk in looked_at, now=now)
    ]


def claim(state: SweepState) -> bool:
    """Take the sweep for this worker; False when another one has it."""
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    taken = SweepState.objects.filter(free, pk=state.pk).update(
        claimed_until=now + timedelta(seconds=CLAIM_SECONDS), started_at=now
    )
    return taken == 1


def run(state_pk: int) -> None:
    """Sweep one claimed noun of one scope and note how that went."""
    state = SweepState.objects.select_related("account").get(pk=state_pk)
    try:
        SWEEPERS[state.noun].sweep(Scope(state.account, state.region))
    except AwsError as error:
        log.warning("sweep_failed", noun=state.noun, account=state.account.alias, region=state.region, code=error.code)
        _note_failure(state, error.code, str(mask(error.message)))
    except Exception as error:
        log.exception("sweep_broke", noun=state.noun, account=state.account.alias, region=state.region)
        _note_failure(state, type(error).__name__, "The sweep broke; the log has the details.")
    else:
        SweepState.objects.filter(pk=state.pk).update(
            completed_at=timezone.now(), claimed_until=None, failures=0, error="", error_code=""
        )
        if state.error_code or state.completed_at is None:
            changes.bump(state.account, state.region, state.noun)


def sweep_now(scope: Scope, *nouns: str) -> None:
    """Sweep at once in this process, in the order given. For the seed, tests and the end of an operation."""
    for noun in nouns or SWEEPERS:
        state, _ = SweepState.objects.get_or_create(account=scope.account, region=scope.region, noun=noun)
        SweepState.objects.filter(pk=state.pk).update(started_at=timezone.now())
        run(state.pk)


def _note_failure(state: SweepState, code: str, message: str) -> None:
    SweepState.objects.filter(pk=state.pk).update(
        claimed_until=None, failures=F("failures") + 1, error_code=code, error=message
    )
    if state.error_code != code:
        changes.bump(state.account, state.region, state.noun)


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

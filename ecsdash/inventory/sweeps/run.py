"""Run sweeps. A failed call marks nothing as gone; its error is kept."""

import structlog

from ecsdash.aws.buckets import Priority, calling
from ecsdash.aws.errors import AwsError
from ecsdash.inventory import changes, viewers
from ecsdash.inventory.events import coverage
from ecsdash.inventory.models import Account, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import claim
from ecsdash.inventory.sweeps.claim import ClaimLost, SweepRun
from ecsdash.inventory.sweeps.registry import SWEEPERS
from ecsdash.inventory.sweeps.schedule import Decision, Facts, decide, known
from ecsdash.masking import mask
from ecsdash.outages import DATABASE_ERRORS
from ecsdash.stopping import Stopped
from ecsdash.web import clock

FAILING = 2  # failures in a row, from which on the overview reports a sweep
log = structlog.get_logger(__name__)


def due_states() -> list[SweepState]:
    """Return the states that are due, after making sure that every enabled scope has one for each noun."""
    rows = SweepState.objects.filter(account__enabled=True, noun__in=SWEEPERS)
    states = list(rows)
    if _create_missing_states(states):
        states = list(rows.all())
    decisions, now = decisions_for(states), clock.now()
    return [state for state in states if decisions[state.pk].due_at <= now]


def decisions_for(states: list[SweepState]) -> dict[int, Decision]:
    """Return when each of these states is due next, and why, by its primary key.

    Where events are read and nobody is looking, the few things that they do not report can wait as long as choices do.
    """
    viewed, covered, now = viewers.viewed(states), coverage.covered_scopes(), clock.now()
    return {
        state.pk: decide(
            state,
            Facts(
                choice=SWEEPERS[state.noun].choice or (state.account_id, state.region) in covered,
                viewed=state.pk in viewed,
                covered=coverage.covers(state, covered),
                seconds=SWEEPERS[state.noun].seconds,
            ),
            now,
        )
        for state in states
    }


def run(state_pk: int, fence: int) -> None:
    """Sweep one noun of one scope, claimed with this fence, and note how that went."""
    state = SweepState.objects.select_related("account").get(pk=state_pk)
    if state.fence != fence:
        return
    with calling(_priority(state)) as caller:
        current = SweepRun(state, caller)
        caller.before = current.renew
        try:
            with claim.running(current):
                succeeded = _sweep(state, current)
        except ClaimLost:
            log.warning("sweep_claim_lost", noun=state.noun, account=state.account.alias, region=state.region)
        else:
            if not (succeeded and _had_succeeded(state)):
                _publish_changes(state)


def sweep_now(scope: Scope, *nouns: str) -> None:
    """Sweep at once in this process, in the order given: for the seed and for tests."""
    for noun in nouns or SWEEPERS:
        state, _ = SweepState.objects.get_or_create(account=scope.account, region=scope.region, noun=noun)
        claim.claim(state, force=True)
        run(state.pk, state.fence)


def _sweep(state: SweepState, current: SweepRun) -> bool:
    """Sweep and write down how that went. Return whether it succeeded."""
    context = {"noun": state.noun, "account": state.account.alias, "region": state.region}
    try:
        SWEEPERS[state.noun].sweep(Scope(state.account, state.region))
    except (ClaimLost, *DATABASE_ERRORS):
        raise
    except Stopped:
        current.release()
    except AwsError as error:
        log.warning("sweep_failed", code=error.code, **context)
        current.fail(error.code, str(mask(error.message)), resume=error.retryable)
    except Exception as error:
        log.exception("sweep_broke", **context)
        text = "The scan failed inside the dashboard. Its log has the details."
        current.fail(type(error).__name__, text, resume=False)
    else:
        current.complete()
        return True
    return False


def _had_succeeded(before: SweepState) -> bool:
    return before.completed_at is not None and not before.failures and not before.error


def _publish_changes(before: SweepState) -> None:
    """Pages show when AWS begins or ceases to answer, and the end of the first sweep."""
    after = SweepState.objects.get(pk=before.pk)
    if (before.error, before.completed_at is None) != (after.error, after.completed_at is None):
        changes.bump(before.account, before.region, before.noun)
    if _failing(before) != _failing(after):
        changes.bump(before.account, before.region, "sweeps")


def _failing(state: SweepState) -> tuple[str, str] | None:
    return (state.error_code, state.error) if state.failures >= FAILING else None


def _priority(state: SweepState) -> Priority:
    """What was just changed or is in progress goes before the regular sweeps."""
    requested = state.requested_at and (state.completed_at is None or state.requested_at > state.completed_at)
    now = clock.now()
    until = known(state.in_progress_until, now)
    in_progress = until and until > now
    return Priority.URGENT_SWEEP if requested or in_progress else Priority.SWEEP


def _create_missing_states(states: list[SweepState]) -> bool:
    """Create the states that are not among these. Return whether any was missing."""
    known = {(state.account_id, state.region, state.noun) for state in states}
    missing = [
        SweepState(account=account, region=region, noun=noun)
        for account in Account.objects.filter(enabled=True)
        for region in account.regions
        for noun in SWEEPERS
        if (account.pk, region, noun) not in known
    ]
    SweepState.objects.bulk_create(missing, ignore_conflicts=True)
    return bool(missing)

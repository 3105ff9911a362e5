"""Freshness of the inventory that a page shows, and errors of AWS."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from ecsdash.inventory.events import coverage
from ecsdash.inventory.models import SweepState
from ecsdash.inventory.scope import Scope


@dataclass(frozen=True)
class Freshness:
    """`seen_at` is None before the first complete sweep; `error` is the error of the last sweep, "" after a success.

    `failing` lists the scopes whose last sweep failed.
    """

    seen_at: datetime | None
    error: str
    error_code: str
    failing: tuple[str, ...] = ()

    @property
    def loading(self) -> bool:
        return self.seen_at is None and not self.error


def freshness(scopes: Scope | Iterable[Scope], *nouns: str) -> Freshness:
    """Return the freshness of the oldest of these nouns in these scopes."""
    selected = [scopes] if isinstance(scopes, Scope) else list(scopes)
    keys = {(scope.account.pk, scope.region) for scope in selected}
    if not keys:
        return Freshness(timezone.now(), "", "")  # no scopes: nothing to wait for
    candidates = SweepState.objects.filter(noun__in=nouns, account__in=[scope.account for scope in selected])
    states = [state for state in candidates if (state.account_id, state.region) in keys]
    if len(states) < len(keys) * len(nouns):
        return Freshness(None, "", "")
    failed = next((state for state in states if state.error_code), None)
    failed_keys = {(state.account_id, state.region) for state in states if state.error_code}
    failing = tuple(str(scope) for scope in selected if (scope.account.pk, scope.region) in failed_keys)
    covered = coverage.covered_scopes()
    times = [_seen_at(state, covered) for state in states]
    oldest = None if None in times else min(time for time in times if time)
    return Freshness(oldest, failed.error if failed else "", failed.error_code if failed else "", failing)


def _seen_at(state: SweepState, covered: coverage.CoveredScopes) -> datetime | None:
    """Return when the last complete sweep ended or, where events report all changes, when they were last read."""
    if state.completed_at is None or not coverage.covers(state, covered):
        return state.completed_at
    return max(state.completed_at, covered[state.account_id, state.region])

"""When a noun is swept, which worker runs the sweep, and the state after a failure."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ecsdash.aws.errors import Unavailable
from ecsdash.inventory import changes, jobs, viewers
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.models import Account, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import claim, registry, run, schedule
from ecsdash.stopping import Stopped
from ecsdash.web import clock
from tests.users import make_account

REGION = "eu-central-1"


class Sweeping:
    """A noun `things` whose sweep the test controls."""

    def __init__(self) -> None:
        self.runs = 0
        self.error: Exception | None = None

    def __call__(self, scope: Scope) -> None:
        self.runs += 1
        if self.error:
            raise self.error


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> Sweeping:
    sweeping = Sweeping()
    monkeypatch.setattr(run, "SWEEPERS", {"things": registry.Sweeper("things", sweeping, choice=False)})
    return sweeping


@pytest.fixture
def scope(db: None) -> Scope:
    return Scope(make_account("demo", name="Demo", account_id="123456789012", regions=[REGION]), REGION)


def state() -> SweepState:
    return SweepState.objects.select_related("account").get(noun="things")


def aged(seconds: float) -> None:
    """Set the time of the last sweep."""
    then = timezone.now() - timedelta(seconds=seconds)
    SweepState.objects.update(started_at=then, completed_at=then, requested_at=None)


def test_a_sweep_of_what_did_not_change_writes_its_state_only(
    scope: Scope, things: Sweeping, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run.sweep_now(scope, "things")
    with django_assert_num_queries(4):  # the state: read, claimed, read with its account, completed
        run.sweep_now(scope, "things")


def test_a_new_noun_is_due_at_once(scope: Scope, things: Sweeping) -> None:
    assert [found.noun for found in run.due_states()] == ["things"]


def test_only_one_worker_claims_a_sweep(scope: Scope, things: Sweeping) -> None:
    (due,) = run.due_states()
    assert [claim.claim(due), claim.claim(due)] == [True, False]
    assert run.due_states() == []


@pytest.mark.parametrize(("age", "due"), [(5, 0), (59, 0), (61, 1)])
def test_an_idle_noun_is_swept_once_a_minute(scope: Scope, things: Sweeping, age: int, due: int) -> None:
    run.sweep_now(scope, "things")
    aged(age)
    assert len(run.due_states()) == due


@pytest.mark.parametrize(("age", "due"), [(5, 0), (14, 0), (16, 1)])
def test_a_watched_noun_is_swept_every_fifteen_seconds(scope: Scope, things: Sweeping, age: int, due: int) -> None:
    run.sweep_now(scope, "things")
    aged(age)
    viewers.note([(scope.account.pk, scope.region, "things")])
    assert len(run.due_states()) == due


def test_what_a_page_depends_on_is_watched_as_long_as_its_pass_is_renewed(scope: Scope, things: Sweeping) -> None:
    run.sweep_now(scope, "things")
    aged(16)
    changes.note_viewed(name for name, _ in changes.version_of(scope, "things").counters)
    assert len(run.due_states()) == 1


@pytest.mark.parametrize(("age", "due"), [(1, 0), (3, 1)])
def test_a_hot_noun_is_swept_every_two_seconds(scope: Scope, things: Sweeping, age: int, due: int) -> None:
    schedule.sweep_at_once(scope.account, scope.region, ["things"])
    aged(age)
    assert len(run.due_states()) == due


def test_what_was_just_changed_is_swept_at_once(scope: Scope, things: Sweeping) -> None:
    run.sweep_now(scope, "things")
    assert run.due_states() == []
    schedule.sweep_at_once(scope.account, scope.region, ["things"])
    assert len(run.due_states()) == 1


def test_a_failed_sweep_keeps_the_error_and_the_last_good_time(scope: Scope, things: Sweeping) -> None:
    run.sweep_now(scope, "things")
    good = freshness(scope, "things").seen_at
    things.error = Unavailable("ServiceUnavailable", "down")
    run.sweep_now(scope, "things")
    found = freshness(scope, "things")
    assert (found.seen_at, found.error, found.error_code) == (good, "down", "ServiceUnavailable")
    things.error = None
    run.sweep_now(scope, "things")
    assert freshness(scope, "things").error == ""


def test_failures_are_retried_ever_more_slowly(scope: Scope, things: Sweeping) -> None:
    SweepState.objects.create(account=scope.account, region=REGION, noun="things", failures=3)
    schedule.sweep_at_once(scope.account, scope.region, ["things"])
    aged(10)
    assert run.due_states() == []
    aged(17)
    assert len(run.due_states()) == 1


def test_a_disabled_account_is_not_swept(scope: Scope, things: Sweeping) -> None:
    Account.objects.update(enabled=False)
    assert run.due_states() == []


def test_before_the_first_sweep_a_page_says_that_it_is_loading(scope: Scope, things: Sweeping) -> None:
    assert freshness(scope, "things").loading


@pytest.mark.parametrize("field", ["in_progress_until", "claimed_until", "started_at", "completed_at", "requested_at"])
def test_a_time_that_only_a_wrong_clock_can_have_written_counts_as_unset(
    scope: Scope, things: Sweeping, field: str
) -> None:
    run.due_states()
    aged(30)
    SweepState.objects.update(**{field: timezone.now() + timedelta(days=1)})
    decision = run.decisions_for([state()])[state().pk]
    expected = schedule.Reason.FIRST if field == "started_at" else schedule.Reason.IDLE
    assert decision.reason is expected
    assert decision.due_at < timezone.now() + timedelta(seconds=31)


def test_a_claim_that_only_a_wrong_clock_can_have_written_is_free(scope: Scope, things: Sweeping) -> None:
    (due,) = run.due_states()
    SweepState.objects.update(claimed_until=timezone.now() + timedelta(days=1))
    assert claim.claim(due)


def test_a_worker_whose_clock_is_ahead_sweeps_for_viewers(
    scope: Scope, things: Sweeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own clock decides nothing: the times that it writes are the database's."""
    run.due_states()
    aged(16)
    viewers.note([(scope.account.pk, REGION, "things")])
    ahead = SimpleNamespace(now=lambda: timezone.now() + timedelta(days=1))
    monkeypatch.setattr(clock, "timezone", ahead)
    monkeypatch.setattr(clock, "_reading", None)
    (due,) = run.due_states()
    assert claim.claim(due)
    run.run(due.pk, due.fence)
    swept = state()
    assert things.runs == 1
    assert swept.completed_at is not None
    assert abs(swept.completed_at - timezone.now()) < timedelta(seconds=30)
    assert clock.ahead() > 80_000


def test_a_sweep_of_a_worker_that_is_told_to_end_is_free_at_once(scope: Scope, things: Sweeping) -> None:
    things.error = Stopped()
    (due,) = run.due_states()
    claim.claim(due)
    run.run(due.pk, due.fence)
    assert (state().claimed_until, state().failures, state().completed_at) == (None, 0, None)


def test_a_sweep_that_lost_the_database_is_tried_again_with_its_claim(
    scope: Scope, things: Sweeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda job, *arguments, **options: sent.append((*arguments, options)))
    things.error = OperationalError("gone")
    (due,) = run.due_states()
    claim.claim(due)
    jobs.sweep(due.pk, due.fence)
    assert sent == [(due.pk, due.fence, {"countdown": jobs.DATABASE_SECONDS})]
    things.error = None
    jobs.sweep(due.pk, due.fence)
    assert (state().failures, state().completed_at is not None) == (0, True)

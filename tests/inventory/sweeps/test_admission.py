"""One account never slows another: an account that hangs occupies only its share of the workers."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from ecsdash.aws.errors import AccessDenied
from ecsdash.inventory import jobs
from ecsdash.inventory.models import Account, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import admission, registry, run
from tests.processes import until
from tests.users import make_account

REGION = "eu-central-1"
NOUNS = [f"noun-{number}" for number in range(10)]
WORKER_THREADS = 8


def account(alias: str) -> Account:
    number = f"{sum(map(ord, alias)):012d}"
    return make_account(alias, name=alias, account_id=number, regions=[REGION])


def due(*accounts: Account, **more: object) -> list[SweepState]:
    values = {"region": REGION, **more}
    return [SweepState.objects.create(account=each, noun=noun, **values) for each in accounts for noun in NOUNS]


def shares(states: list[SweepState]) -> Counter[str]:
    return Counter(state.account.alias for state in admission.choose(states))


@pytest.fixture(autouse=True)
def six_at_once(settings: Settings) -> None:
    settings.SWEEPS_AT_ONCE = 6


def test_accounts_come_in_turn(db: None) -> None:
    assert shares(due(account("a"), account("b"), account("c"))) == {"a": 2, "b": 2, "c": 2}


def test_one_account_alone_leaves_half_of_the_room(db: None) -> None:
    assert shares(due(account("a"))) == {"a": 3}


def test_what_is_under_way_counts(db: None) -> None:
    first, second = account("a"), account("b")
    due(first, claimed_until=timezone.now() + timedelta(seconds=60))
    assert shares(due(second)) == {}
    SweepState.objects.filter(noun__in=NOUNS[3:], account=first).update(claimed_until=None)
    assert shares(list(SweepState.objects.filter(claimed_until=None))) == {"b": 3}


def test_an_account_that_does_not_answer_gets_one_and_all_of_them_together_two(db: None) -> None:
    silent = due(*map(account, ("x", "y", "z")), error_code="ReadTimeoutError")
    assert shares([*silent, *due(account("a"))]) == {"x": 1, "y": 1, "a": 3}


def test_an_account_that_refuses_is_not_slowed_for_it(db: None) -> None:
    assert shares(due(account("a"), error_code="AccessDeniedException")) == {"a": 3}


class Hanging:
    """A sweep that hangs for one account until it is released, fails in another, and ends at once in the rest."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.running = 0

    def __call__(self, scope: Scope) -> None:
        if scope.account.alias == "hanging":
            self.running += 1
            self.release.wait(30)
        if scope.account.alias == "refusing":
            raise AccessDenied("AccessDeniedException", "no")


@pytest.fixture
def hanging(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    """Workers of eight threads, in this process, whose queue is that of the threads."""
    sweep = Hanging()
    monkeypatch.setattr(run, "SWEEPERS", {noun: registry.Sweeper(noun, sweep, choice=False) for noun in NOUNS})
    pool = ThreadPoolExecutor(WORKER_THREADS)

    def work(*arguments: int) -> None:
        try:
            jobs.sweep(*arguments)
        finally:
            connection.close()

    monkeypatch.setattr(jobs.sweep, "apply_async", lambda args, countdown: pool.submit(work, *args))
    yield sweep
    sweep.release.set()
    pool.shutdown(cancel_futures=True)


def test_while_one_account_hangs_and_another_refuses_the_third_is_swept_whole(hanging: Hanging) -> None:
    for alias in ("hanging", "refusing", "well"):
        account(alias)
    jobs.sweep_due()
    until(lambda: SweepState.objects.filter(account__alias="well", completed_at__isnull=False).count() == len(NOUNS))
    until(lambda: SweepState.objects.filter(account__alias="refusing", failures=1).count() == len(NOUNS))
    assert 1 <= hanging.running <= 4
    assert not SweepState.objects.filter(account__alias="hanging", completed_at__isnull=False).exists()

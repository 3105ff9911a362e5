"""Sweeps by cluster: their cost, their behaviour when a call fails, and how they resume."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ecsdash.aws.errors import AccessDenied, NotFound, Unavailable
from ecsdash.inventory.models import SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import claim, registry, run
from ecsdash.inventory.sweeps.by_cluster import SweepByCluster
from tests.users import make_account

REGION = "eu-central-1"
NAMES = [f"c{number}" for number in range(12)]


class Things(SweepByCluster):
    """Each cluster holds five things, described two at a time. `trouble` is asked before each cluster is listed."""

    batch = 2

    def __init__(self, scope: Scope, trouble: Callable[[str], None]) -> None:
        super().__init__(scope)
        self.trouble = trouble
        self.listed: list[str] = []
        self.stored: dict[str, list[str]] = {}
        self.finished: list[str] = []

    def list_arns(self, cluster: str) -> list[str]:
        self.trouble(cluster)
        self.listed.append(cluster)
        return [f"{cluster}/{number}" for number in range(5)]

    def describe(self, cluster: str, arns: Sequence[str]) -> list[dict[str, Any]]:
        return [{"arn": arn} for arn in arns]

    def store(self, cluster: str, found: Sequence[dict[str, Any]]) -> None:
        self.stored.setdefault(cluster, []).extend(each["arn"] for each in found)

    def finish(self, cluster: str, listed: Sequence[str]) -> None:
        assert sorted(self.stored.get(cluster, [])) == listed
        self.finished.append(cluster)


class Estate:
    """The noun `things` of one scope, swept by what the test puts into `trouble`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.trouble: Callable[[str], None] = lambda cluster: None
        self.last = Things(scope, self.trouble)

    def sweep(self) -> Things:
        run.sweep_now(self.scope, "things")
        return self.last

    def __call__(self, scope: Scope) -> None:
        self.last = Things(scope, self.trouble)
        self.last.run(NAMES)

    @property
    def state(self) -> SweepState:
        return SweepState.objects.get(noun="things")


@pytest.fixture
def estate(db: None, monkeypatch: pytest.MonkeyPatch) -> Estate:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])
    estate = Estate(Scope(account, REGION))
    monkeypatch.setattr(run, "SWEEPERS", {"things": registry.Sweeper("things", estate, choice=False)})
    return estate


def failing(*parts: str, error: Exception) -> Callable[[str], None]:
    def trouble(cluster: str) -> None:
        if cluster in parts:
            raise error

    return trouble


def test_every_part_is_listed_once_described_in_batches_and_finished(estate: Estate) -> None:
    done = estate.sweep()
    assert sorted(done.listed) == sorted(done.finished) == sorted(NAMES)
    assert estate.state.completed_at is not None
    assert estate.state.clusters_done == []


def test_a_part_that_is_gone_meanwhile_is_empty(estate: Estate) -> None:
    estate.trouble = failing("c3", error=NotFound("ClusterNotFoundException", "gone"))
    assert len(estate.sweep().finished) == 12
    assert estate.state.error == ""


def test_a_pass_that_broke_off_goes_on_where_it_was(estate: Estate) -> None:
    estate.trouble = failing("c11", error=Unavailable("ServiceUnavailable", "down"))
    first = estate.sweep()
    assert estate.state.error == "down"
    assert set(estate.state.clusters_done) == set(first.finished)
    assert "c11" not in first.finished

    estate.trouble = lambda cluster: None
    second = estate.sweep()
    assert set(first.finished) | set(second.finished) == set(NAMES)
    assert not set(first.finished) & set(second.listed)
    assert (estate.state.error, estate.state.clusters_done) == ("", [])


def test_a_pass_that_broke_off_long_ago_begins_anew(estate: Estate) -> None:
    estate.trouble = failing("c11", error=Unavailable("ServiceUnavailable", "down"))
    estate.sweep()
    SweepState.objects.update(run_started_at=timezone.now() - timedelta(hours=1))
    estate.trouble = lambda cluster: None
    assert sorted(estate.sweep().listed) == sorted(NAMES)


def test_a_refused_part_keeps_no_other_part_from_being_seen(estate: Estate) -> None:
    estate.trouble = failing("c0", error=AccessDenied("AccessDeniedException", "not authorized"))
    assert len(estate.sweep().finished) == 11
    assert estate.state.error_code == "AccessDeniedException"
    assert len(estate.sweep().finished) == 11  # and none is left out the next time


def test_a_killed_sweep_is_due_as_soon_as_its_claim_lapses(estate: Estate) -> None:
    (due,) = run.due_states()
    assert claim.claim(due)
    assert run.due_states() == []
    SweepState.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert [state.noun for state in run.due_states()] == ["things"]


def test_a_job_that_comes_too_late_does_nothing(estate: Estate) -> None:
    (due,) = run.due_states()
    assert claim.claim(due)
    SweepState.objects.update(fence=due.fence + 1)
    run.run(due.pk, due.fence)
    assert estate.last.listed == []


def test_who_lost_its_claim_stops_and_writes_nothing(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim, "RENEW_SECONDS", 0)
    monkeypatch.setattr(Things, "finish", lambda *_: SweepState.objects.update(fence=1000))
    estate.sweep()
    assert len(estate.last.stored) < len(NAMES)
    assert estate.state.completed_at is None

"""Storage: only changed rows are written, and rows are marked as gone only by a complete sweep."""

from dataclasses import replace as replace_fields

import pytest
from django.db.models import Q
from django.utils import timezone

from clusters.models import Cluster
from ecsdash.inventory import former_states
from ecsdash.inventory.changes import version_of
from ecsdash.inventory.models import FormerState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record, mark_missing, replace, upsert
from tests.users import make_account


@pytest.fixture
def scope(db: None) -> Scope:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])
    return Scope(account, "eu-central-1")


def record(name: str, running: int = 0) -> Record:
    arn = f"arn:aws:ecs:eu-central-1:123456789012:cluster/{name}"
    columns = {"status": "ACTIVE", "running_tasks_count": running}
    return Record(arn, name, {"clusterName": name, "runningTasksCount": running}, {"team": "shop"}, columns)


def test_a_second_equal_sweep_writes_nothing_and_moves_no_counter(scope: Scope) -> None:
    assert upsert(Cluster, scope, [record("a"), record("b")], "clusters") == 2
    before, seen = version_of(scope, "clusters"), Cluster.objects.get(name="a").observed_at
    assert upsert(Cluster, scope, [record("a"), record("b")], "clusters") == 0
    assert version_of(scope, "clusters") == before
    assert Cluster.objects.get(name="a").observed_at == seen


def test_only_the_changed_row_is_written(scope: Scope) -> None:
    upsert(Cluster, scope, [record("a"), record("b")], "clusters")
    before = version_of(scope, "clusters")
    assert upsert(Cluster, scope, [record("a", running=3), record("b")], "clusters") == 1
    assert Cluster.objects.get(name="a").running_tasks_count == 3
    assert version_of(scope, "clusters") != before


def test_what_a_complete_pass_did_not_see_is_marked_and_kept(scope: Scope) -> None:
    replace(Cluster, scope, [record("a"), record("b")], "clusters")
    replace(Cluster, scope, [record("b")], "clusters")
    assert [row.name for row in Cluster.objects.present()] == ["b"]
    assert Cluster.objects.get(name="a").gone_at is not None


def test_what_comes_back_is_present_again(scope: Scope) -> None:
    replace(Cluster, scope, [record("a")], "clusters")
    replace(Cluster, scope, [], "clusters")
    replace(Cluster, scope, [record("a")], "clusters")
    assert Cluster.objects.present().count() == 1


def test_a_pass_over_a_part_marks_nothing_outside_that_part(scope: Scope) -> None:
    upsert(Cluster, scope, [record("a"), record("b")], "clusters")
    assert mark_missing(Cluster, scope, [], "clusters", Q(name="a")) == 1
    assert [row.name for row in Cluster.objects.present()] == ["b"]


def test_another_region_is_left_alone(scope: Scope) -> None:
    upsert(Cluster, scope, [record("a")], "clusters")
    replace(Cluster, Scope(scope.account, "us-east-1"), [], "clusters")
    assert Cluster.objects.present().count() == 1


def test_former_settings_are_kept_when_they_change_and_only_then(scope: Scope) -> None:
    upsert(Cluster, scope, [record("a")], "clusters")
    upsert(Cluster, scope, [record("a", running=3)], "clusters")
    assert not FormerState.objects.exists()
    new = replace_fields(record("a"), description={"capacityProviders": ["FARGATE"]}, tags={"team": "bank"})
    upsert(Cluster, scope, [new], "clusters")
    row, former = Cluster.objects.get(), FormerState.objects.get()
    assert (former.values["capacityProviders"], former.values["tags"]) == (None, {"team": "shop"})
    assert former_states.settings_at(row, former.until)["tags"] == {"team": "shop"}
    assert former_states.settings_at(row, timezone.now())["capacityProviders"] == ["FARGATE"]

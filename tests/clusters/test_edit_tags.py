"""What the action "Edit tags" refuses, and what it keeps."""

from typing import Any

import pytest

from clusters.forms.tags import group_data
from clusters.models import Cluster
from ecsdash.access.models import OwnershipRule, User
from ecsdash.operations.plan import Level
from services.models import TaskDefinition
from tests.clusters.world import Desk

OWN = {"ecsdash:step": "1", "aws:cloudformation:stack-name": "shop", "team": "shop"}


@pytest.fixture
def tagged(desk: Desk) -> Cluster:
    cluster: Cluster = desk.row(Cluster, "shop", status="ACTIVE", tags=OWN)
    return cluster


def rows(number: int, **tags: str) -> dict[str, Any]:
    more = {f"key-{n}": "" for n in range(number)}
    return group_data("tags", [{"key": key, "value": value} for key, value in {**tags, **more}.items()])


def test_tags_of_aws_and_of_the_dashboard_stay(desk: Desk, tagged: Cluster, operator: User) -> None:
    plan = desk.review("edit_cluster_tags", operator, rows(1), cluster="shop")
    assert [step.params for step in plan.steps] == [
        {"resourceArn": tagged.arn, "tagKeys": ["team"]},
        {"resourceArn": tagged.arn, "tags": [{"key": "key-0", "value": ""}]},
    ]


def test_a_reserved_prefix_is_refused(desk: Desk, tagged: Cluster, operator: User) -> None:
    def errors(key: str) -> str:
        return str(desk.errors("edit_cluster_tags", operator, rows(0, **{key: "x"}), cluster="shop"))

    assert "The prefix aws: is reserved" in errors("aws:x")
    assert "The prefix aws: is reserved" in errors("AWS:x")
    assert "The prefix ecsdash: is reserved" in errors("ecsdash:cluster")


def test_the_dashboards_own_tags_count_towards_the_limit(desk: Desk, tagged: Cluster, operator: User) -> None:
    assert len(desk.review("edit_cluster_tags", operator, rows(49), cluster="shop").steps) == 2
    (text,) = desk.errors("edit_cluster_tags", operator, rows(50), cluster="shop")["__all__"]
    assert text == "ECS allows 50 tags, 1 of them is the dashboard's own and not shown. Remove 1."


def test_a_tag_that_decides_ownership_is_changed_by_those_who_hold_the_whole_account(
    desk: Desk, operator: User, deployer: User
) -> None:
    desk.row(TaskDefinition, "web:1", family="web", revision=1, status="ACTIVE", tags={"team": "shop"})
    OwnershipRule.objects.create(kind="task_definition", tag_key="team", tag_value="shop")
    where = {"family": "web", "revision": "1"}
    plan = desk.review("edit_task_definition_tags", operator, rows(0, team="bank"), **where)
    assert [(check.level, check.title) for check in plan.checks] == [
        (Level.WARN, "The tag team decides which team owns it")
    ]
    operator.grants.update(service="web")
    plan = desk.review("edit_task_definition_tags", User.objects.get(pk=operator.pk), rows(0, team="bank"), **where)
    assert plan.blocked

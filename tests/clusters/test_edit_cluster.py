from typing import Any

import pytest

from clusters.forms.tags import group_data
from clusters.models import Cluster
from ecsdash.access.models import User
from tests.clusters.world import Desk, World, calls
from tests.operations import drive


def data(insights: str = "disabled", providers: tuple[str, ...] = ("FARGATE",), *lines: tuple[str, int, int]) -> Any:
    rows: list[dict[str, Any]] = [{"provider": name, "base": base, "weight": weight} for name, base, weight in lines]
    return {"container_insights": insights, "capacity_providers": list(providers), **group_data("strategy", rows)}


def test_only_changed_settings_are_called(desk: Desk, operator: User, shop: Cluster) -> None:
    insights = desk.review("edit_cluster", operator, data("enabled", ("FARGATE", "FARGATE_SPOT")), cluster="shop")
    capacity = desk.review("edit_cluster", operator, data("disabled", ("FARGATE",)), cluster="shop")

    assert calls(insights) == ["ecs.update_cluster_settings"]
    assert [change.path for change in insights.changes] == ["Container Insights"]
    assert calls(capacity) == ["ecs.put_cluster_capacity_providers"]


def test_settings_and_strategy_change_and_undo_restores_them(world: World, operator: User, real_shop: Cluster) -> None:
    wanted = data("enabled", ("FARGATE", "FARGATE_SPOT"), ("FARGATE", 1, 1), ("FARGATE_SPOT", 0, 3))
    operation = world.run("edit_cluster", operator, wanted, cluster="shop")

    real_shop.refresh_from_db()
    assert real_shop.container_insights == "enabled"
    assert [item["weight"] for item in real_shop.description["defaultCapacityProviderStrategy"]] == [1, 3]

    world.undo(operation, operator)

    real_shop.refresh_from_db()
    assert real_shop.container_insights == "disabled"
    assert real_shop.description["defaultCapacityProviderStrategy"] == []


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((("FARGATE", 1, 1), ("FARGATE_SPOT", 1, 1)), "Only one line can have a base. Set the other bases to 0."),
        ((("FARGATE", 0, 0),), "At least one line needs a weight above 0."),
        ((("FARGATE", 0, 1), ("FARGATE", 0, 1)), "A capacity provider can be used only once. Remove one of the lines."),
    ],
)
def test_an_invalid_strategy_is_refused(
    desk: Desk, operator: User, shop: Cluster, lines: tuple[tuple[str, int, int], ...], message: str
) -> None:
    wanted = data("disabled", ("FARGATE", "FARGATE_SPOT"), *lines)

    errors = desk.errors("edit_cluster", operator, wanted, cluster="shop")

    assert errors == {"strategy": [message]}


def test_a_strategy_uses_chosen_providers_only(desk: Desk, operator: User, shop: Cluster) -> None:
    wanted = data("disabled", ("FARGATE",), ("FARGATE_SPOT", 0, 1))

    errors = desk.errors("edit_cluster", operator, wanted, cluster="shop")

    assert errors["capacity_providers"] == [
        "The default strategy uses FARGATE_SPOT. Choose it here too, or remove it there."
    ]


def test_no_change_is_no_plan(desk: Desk, operator: User, shop: Cluster) -> None:
    errors = desk.errors("edit_cluster", operator, data("disabled", ("FARGATE", "FARGATE_SPOT")), cluster="shop")

    assert errors == {"__all__": ["The form has no changes. Change a setting, or cancel."]}


def test_it_stops_when_the_settings_changed_since_the_review(world: World, operator: User, real_shop: Cluster) -> None:
    wanted = data("enhanced", ("FARGATE", "FARGATE_SPOT"))
    operation = world.start("edit_cluster", operator, wanted, cluster="shop")
    world.client("ecs").update_cluster_settings(
        cluster="shop", settings=[{"name": "containerInsights", "value": "enabled"}]
    )

    drive.drive(operation, world.sandbox)

    assert operation.state == "failed"
    assert "Container Insights is now enabled" in operation.error["message"]


def test_tags_are_set_and_removed_and_undo_restores_them(world: World, operator: User, real_shop: Cluster) -> None:
    first = group_data("tags", [{"key": "team", "value": "web"}, {"key": "cost", "value": "7"}])
    world.run("edit_cluster_tags", operator, first, cluster="shop")
    second = group_data("tags", [{"key": "team", "value": "shop"}])

    plan = world.review("edit_cluster_tags", operator, second, cluster="shop")
    assert calls(plan) == ["ecs.untag_resource", "ecs.tag_resource"]
    assert plan.steps[0].params["tagKeys"] == ["cost"]
    operation = world.run("edit_cluster_tags", operator, second, cluster="shop")

    real_shop.refresh_from_db()
    assert real_shop.tags == {"team": "shop"}
    world.undo(operation, operator)
    real_shop.refresh_from_db()
    assert real_shop.tags == {"team": "web", "cost": "7"}

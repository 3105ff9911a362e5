"""What tasks cost, and how the review and the operation of a change say it."""

from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import User
from services.documents.task_prices import definition_cost
from services.models import Service
from services.planning.task_costs import size_cost, tasks_cost
from tests.operations import drive
from tests.services.simulated_services import IN_SERVICE, MOVED, SimulatedServices

SMALL = {"cpu": "256", "memory": "512"}
LARGE = {"cpu": "512", "memory": "1024"}
ARM = {**SMALL, "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}}


def service(launch_type: str = "FARGATE", region: str = "eu-central-1") -> Service:
    return Service(name="web", region=region, launch_type=launch_type, desired_count=2)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (SMALL, LARGE, "about 20.73 USD a month more (20.72 now, 41.45 then)"),
        (LARGE, SMALL, "about 20.73 USD a month less (41.45 now, 20.72 then)"),
        (SMALL, ARM, "about 4.14 USD a month less (20.72 now, 16.58 then)"),
        (
            SMALL,
            {**SMALL, "ephemeralStorage": {"sizeInGiB": 120}},
            "about 19.28 USD a month more (20.72 now, 40.00 then)",
        ),
    ],
)
def test_another_size_or_processor_changes_the_cost_of_all_desired_tasks(
    before: dict[str, Any], after: dict[str, Any], words: str
) -> None:
    cost = size_cost(service(), before, after)
    assert cost is not None
    assert cost.words == words


def test_the_same_size_has_no_cost_to_show() -> None:
    assert size_cost(service(), SMALL, {**SMALL, "family": "other"}) is None


def test_tasks_on_instances_cost_nothing_beyond_them() -> None:
    assert size_cost(service("EC2"), SMALL, LARGE) is None
    assert tasks_cost(service("my-capacity-provider"), SMALL, 3) is None


def test_spot_tasks_are_estimated_below_the_full_price() -> None:
    spot, full = (tasks_cost(service(kind), SMALL, 1) for kind in ("FARGATE_SPOT", "FARGATE"))
    assert spot is not None
    assert full is not None
    assert (spot.amount or 0) < (full.amount or 0)


def test_windows_tasks_have_prices_of_their_own() -> None:
    windows = {**LARGE, "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
    assert (definition_cost("eu-central-1", windows, 1).amount or 0) > 30


def test_a_region_without_prices_is_named() -> None:
    cost = size_cost(service(region="cn-north-1"), SMALL, {**ARM, "cpu": "1024"})
    assert cost is not None
    assert cost.words == "not known for cn-north-1 (no list price of Fargate)"


@pytest.fixture
def stage(service_stage: SimulatedServices) -> SimulatedServices:
    service_stage.steady_service()
    return service_stage


def test_a_deployment_of_a_larger_revision_says_what_it_costs_where_and_of_when(
    stage: SimulatedServices, deployer: User, client: Client
) -> None:
    body = stage.described("web-front:1")
    kept = {key: body[key] for key in ("family", "networkMode", "executionRoleArn", "containerDefinitions")}
    stage.client("ecs").register_task_definition(**kept, requiresCompatibilities=["FARGATE"], cpu="512", memory="1024")
    stage.sweep(*MOVED)
    draft = drive.review(
        "deploy_service", deployer, stage.scope, stage.place(**IN_SERVICE), {"revision": "web-front:2"}
    )
    client.force_login(deployer)

    said = (
        "about 20.73 USD a month more (20.72 now, 41.45 then)",
        "on-demand list prices of eu-central-1, 2025-10-27, round the clock",
    )
    review = client.get(f"/plans/{draft.pk}/").content.decode()
    assert all(text in review for text in said)
    operation = drive.confirm(draft)
    page = client.get(f"/operations/{operation.pk}/").content.decode()
    assert all(text in page for text in said)


def test_a_deployment_of_the_same_size_says_nothing_of_costs(stage: SimulatedServices, deployer: User) -> None:
    plan = stage.review("deploy_service", deployer, {"tag-web": "1.28", "revision": ""}, **IN_SERVICE)
    assert plan.cost is None


def test_an_operation_planned_with_a_plain_number_can_still_be_opened(
    stage: SimulatedServices, deployer: User, client: Client
) -> None:
    operation = stage.start("scale_service", deployer, {"desired_count": 3}, **IN_SERVICE)
    operation.plan_data["cost"] = 9.01
    operation.save(update_fields=["plan_data"])
    client.force_login(deployer)

    page = client.get(f"/operations/{operation.pk}/").content.decode()
    assert "about 9.01 USD a month more" in page
    assert "list prices of us-east-1" in page

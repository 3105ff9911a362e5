"""The time line of a deployment before it runs: its stages, their times, and the batches of a rolling one."""

from typing import Any

import pytest

from ecsdash.web.timeline import Timeline
from services.documents.deployment.stages import longest_wait
from services.documents.deployment.timeline import Rollout, timeline
from services.models import Service
from services.planning.prediction import of_deployment
from services.planning.services import STEADY_SECONDS, steady_step
from services.selectors.rollouts import rollout_of

PAUSE = {"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"]}
LINEAR = {
    "strategy": "LINEAR", "bakeTimeInMinutes": 10,
    "linearConfiguration": {"stepPercent": 25.0, "stepBakeTimeInMinutes": 5},
}  # fmt: skip
CANARY = {
    "strategy": "CANARY", "bakeTimeInMinutes": 5,
    "canaryConfiguration": {"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 30},
}  # fmt: skip


def line(configuration: dict[str, Any], tasks: int = 4, **more: Any) -> Timeline:
    return timeline(Rollout(configuration, tasks, tasks, **more))


def shares(found: Timeline, stage: str) -> list[tuple[float, float | None]]:
    (wanted,) = (each for each in found.stages if each.name == stage)
    return [(span.share, span.seconds) for span in wanted.spans]


def test_a_linear_deployment_shifts_in_steps_and_then_bakes() -> None:
    found = line(LINEAR, start_seconds=40.0)

    assert [each.label for each in found.stages] == ["Scale up", "Production traffic shift", "Bake time", "Clean up"]
    assert shares(found, "PRODUCTION_TRAFFIC_SHIFT") == [(25, 300), (50, 300), (75, 300), (100, 0)]
    assert shares(found, "BAKE_TIME") == [(100, 600)]
    assert found.words == "At least 25 min 40 s, of which 25 min bake time."
    assert found.stages[1].details == ("Shifts 25 % of the traffic in each of 4 steps, with 5 min between.",)


def test_a_canary_waits_once_and_its_pause_has_no_known_time() -> None:
    found = line({**CANARY, "lifecycleHooks": [PAUSE]}, tests=True)

    assert [each.name for each in found.stages] == [
        "SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME",
        "CLEAN_UP",
    ]  # fmt: skip
    assert shares(found, "POST_TEST_TRAFFIC_SHIFT") == [(0, None)]
    assert shares(found, "PRODUCTION_TRAFFIC_SHIFT") == [(10, 1800), (100, 0)]
    assert found.words == "At least 35 min, all of it bake time. Pauses and functions add to it."
    assert "After 1 d without a decision ECS rolls back." in found.stages[2].details[0]


def test_a_blue_green_deployment_without_known_times_says_so() -> None:
    found = line({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0})

    assert found.words.startswith("How long it takes is not known")
    assert found.stages[0].details == ("Starts 4 new tasks beside the 4 that run.",)


@pytest.mark.parametrize(
    ("percents", "batches", "words"),
    [
        ((100, 200), [0.0], "Starts 4 new tasks beside the 4 that run."),
        ((50, 100), [0.0, 100.0], "Stops old tasks first, then starts 4 new tasks in 2 batches in their place."),
        ((100, 125), [0.0, 25.0, 50.0, 75.0], "Starts 4 new tasks in 4 batches, the first 1 beside the 4 that run."),
    ],
)
def test_a_rolling_deployment_is_drawn_in_its_batches(
    percents: tuple[int, int], batches: list[float], words: str
) -> None:
    found = line({"minimumHealthyPercent": percents[0], "maximumPercent": percents[1]}, start_seconds=30.0)

    assert [share for share, _ in shares(found, "SCALE_UP")] == batches
    assert found.stages[0].details[0] == words
    assert found.stages[-1].label == "Stop old tasks"


def test_a_picture_is_as_wide_as_its_frame_and_short_times_are_seen() -> None:
    found = line({**LINEAR, "bakeTimeInMinutes": 1440}, start_seconds=5.0)

    assert sum(bar.width for bar in found.bars) == pytest.approx(100, abs=0.2)
    assert min(bar.width for bar in found.bars) > 1.5
    assert [(bar.y, bar.height) for bar in found.bars[:3]] == [(40, 0), (30, 10), (20, 20)]
    assert found.labels[-1].number == 4


@pytest.mark.parametrize(
    "configuration",
    [
        {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 0, "stepBakeTimeInMinutes": 0}},
        {"minimumHealthyPercent": 100, "maximumPercent": 100},
        {"minimumHealthyPercent": 99, "maximumPercent": 100},
        {"strategy": "CANARY"},
    ],
)
@pytest.mark.parametrize("tasks", [0, 1, 5000])
def test_what_is_being_typed_can_be_drawn(configuration: dict[str, Any], tasks: int) -> None:
    found = line(configuration, tasks)

    assert len(found.bars) < 70
    assert all(0 <= bar.x <= 100.1 for bar in found.bars)


def test_an_operation_waits_as_long_as_its_deployment_does_by_its_own_settings() -> None:
    service = Service(name="web", cluster_name="shop", description={"deploymentConfiguration": CANARY})

    assert steady_step(service).timeout == STEADY_SECONDS + 35 * 60
    assert steady_step(service, {"deploymentConfiguration": LINEAR}).timeout == STEADY_SECONDS + 30 * 60
    assert steady_step(service, {}).timeout == STEADY_SECONDS
    assert longest_wait({"lifecycleHooks": [PAUSE, {**PAUSE, "timeoutConfiguration": {"timeoutInMinutes": 5}}]}) == (
        (1440 + 5) * 60
    )


def test_a_plan_keeps_its_time_line(db: None) -> None:
    service = Service(desired_count=4, running_count=4, description={}, account_id=0)
    found = of_deployment(service, {"deploymentConfiguration": LINEAR, "desiredCount": 4})

    assert (found.starts, found.stops, found.most) == (4, 4, 8)
    assert found.timeline == timeline(rollout_of(service, {"deploymentConfiguration": LINEAR}))

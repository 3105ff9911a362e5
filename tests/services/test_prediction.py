"""What a review predicts about tasks is what ECS then does."""

from typing import Any, cast

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from ecsdash.access.models import User
from tests.operations import drive
from tests.processes import Sandbox
from tests.services.simulated_services import IN_SERVICE, MOVED, SimulatedServices

CHANGES = st.sampled_from(["force_new_deployment", "scale_service"])
PERCENTS = st.sampled_from([(100, 200), (50, 200), (0, 100), (50, 100), (100, 150), (75, 150)])


def rolling(minimum: int, maximum: int) -> dict[str, Any]:
    breaker = {"enable": True, "rollback": True}
    return {"minimumHealthyPercent": minimum, "maximumPercent": maximum, "deploymentCircuitBreaker": breaker}


class Watched:
    """The simulated AWS, stepped by the second; after each the tasks of the service are looked at."""

    def __init__(self, stage: SimulatedServices) -> None:
        self.stage = stage
        self.before = self.tasks()
        self.every = set(self.before)
        self.counts = [len(self.before)]

    def tasks(self) -> set[str]:
        ecs = self.stage.client("ecs")
        listed = ecs.list_tasks(cluster="shop", serviceName="web-front", desiredStatus="RUNNING")["taskArns"]
        return set(listed)

    def step(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.stage.sandbox.step(1)
            now = self.tasks()
            self.every |= now
            self.counts.append(len(now))

    @property
    def started(self) -> int:
        return len(self.every - self.before)

    @property
    def stopped(self) -> int:
        return len(self.before - self.tasks())


def prepared(stage: SimulatedServices, percents: tuple[int, int], tasks: int) -> None:
    """Set the deployment configuration and the number of tasks of the service, and wait until it is steady."""
    stage.client("ecs").update_service(**IN_SERVICE, desiredCount=tasks, deploymentConfiguration=rolling(*percents))
    stage.sandbox.step(120)
    stage.sweep(*MOVED)


def test_tasks_start_and_stop_as_the_review_says(service_stage: SimulatedServices, operator: User) -> None:
    stage = service_stage
    stage.steady_service()

    @settings(
        max_examples=8, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(PERCENTS, st.integers(1, 4), CHANGES, st.integers(0, 5))
    def holds(percents: tuple[int, int], tasks: int, change: str, wanted: int) -> None:
        prepared(stage, percents, tasks)
        assume(change != "scale_service" or wanted != tasks)
        name, data = change, {"desired_count": wanted} if change == "scale_service" else {}
        draft = drive.review(name, operator, stage.scope, stage.place(**IN_SERVICE), data)
        assume(not draft.plan.blocked)
        prediction, watched = draft.plan.prediction, Watched(stage)
        assert prediction

        operation = drive.confirm(draft)
        drive.drive(operation, cast(Sandbox, watched), 5)
        stage.sweep(*MOVED)

        assert operation.state == "succeeded"
        assert (watched.started, watched.stopped) == (prediction.starts, prediction.stops)
        assert prediction.fewest <= min(watched.counts)
        assert max(watched.counts) <= prediction.most
        assert [step.call for step in draft.plan.steps if step.call] == ["ecs.update_service"]

    holds()

import pytest

from tests.bench.conftest import Bench


@pytest.mark.slow
def test_deployments_are_measured_and_compared_with_ecs_deploy(bench: Bench) -> None:
    found = bench("deploy", "--deploys", "1", "--ecs-deploys", "1")
    assert 0 < found["click to first AWS write, 1 deploys: p95"]["value"] < 60_000
    assert found["calls to AWS of one deploy"]["met"]
    assert found["ecs-deploy: start to steady"]["value"] > 0

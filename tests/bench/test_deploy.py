import json
from pathlib import Path

import pytest

from tests.processes import manage


@pytest.mark.slow
def test_deployments_are_measured_and_compared_with_ecs_deploy(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    manage({}, "bench", "deploy", "--deploys", "1", "--ecs-deploys", "1", "--json", str(kept))
    found = {figure["name"]: figure for figure in json.loads(kept.read_text())}
    assert 0 < found["click to first AWS write, 1 deploys: p95"]["value"] < 60_000
    assert found["calls to AWS of one deploy"]["met"]
    assert found["ecs-deploy: start to steady"]["value"] > 0

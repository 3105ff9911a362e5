import json
from pathlib import Path

import pytest

from tests.processes import manage


@pytest.mark.slow
def test_the_pages_of_a_small_fleet_are_measured(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    asked = ("--tasks", "60", "--requests", "1", "--awscli", str(tmp_path / "none"), "--json", str(kept))
    manage({}, "bench", "list", *asked)
    found = {figure["name"]: figure for figure in json.loads(kept.read_text())}
    assert found["services, 60 tasks: p95"]["goal"] == "<= 50 ms"
    assert found["search, a task id, 60 tasks: p95"]["goal"] == "<= 100 ms"
    assert found["400 services by boto3, 8 threads: p50"]["value"] > 0

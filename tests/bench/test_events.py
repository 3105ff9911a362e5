import json
from pathlib import Path

import pytest

from tests.processes import manage


@pytest.mark.slow
def test_what_events_cost_is_measured_in_a_small_estate(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    sizes = ["--estate", "1x4x5", "--seconds", "3", "--churns", "10", "--events", "1"]
    manage({}, "bench", "events", *sizes, "--json", str(kept))
    found = {figure["name"]: figure for figure in json.loads(kept.read_text())}
    assert found["10 % churn an hour, watched: change to row, p95"]["goal"] == "<= 2 s"
    assert found["10 % churn an hour, nobody looks: change to row, p95"]["goal"] == ""
    assert found["rows that differ after one sweep"]["value"] == 0
    assert found["older over newer"]["value"] == 0

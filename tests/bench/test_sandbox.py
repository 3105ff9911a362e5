import json
from pathlib import Path

import pytest

from tests.processes import manage


@pytest.mark.slow
def test_the_bench_starts_its_own_sandbox_without_an_installation(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    printed = manage({}, "bench", "sandbox", "--scenario", "1x6x20", "--seconds", "0.3", "--json", str(kept))
    found = {figure["name"]: figure for figure in json.loads(kept.read_text())}
    assert set(found["peak memory"]) == {"name", "value", "unit", "goal", "ratio", "met"}
    assert 50 < found["peak memory"]["value"] < 1000
    assert found["DescribeTasks of 100, 8 threads"]["value"] > 1
    assert all(name in printed for name in found)

from pathlib import Path

import pytest

from tests.bench.conftest import Bench


@pytest.mark.slow
def test_the_pages_of_a_small_fleet_are_measured_before_any_static_file_was_gathered(
    bench: Bench, clone: Path, tmp_path: Path
) -> None:
    found = bench("list", "--tasks", "60", "--requests", "1", "--awscli", str(tmp_path / "none"), root=clone)
    assert (clone / "staticfiles" / "staticfiles.json").exists()
    assert found["services, 60 tasks: p95"]["goal"] == "<= 50 ms"
    assert found["search, a task id, 60 tasks: p95"]["goal"] == "<= 100 ms"
    assert found["400 services by boto3, 8 threads: p50"]["value"] > 0

import json
from pathlib import Path

import pytest

from tests.processes import manage


@pytest.mark.slow
def test_what_is_done_to_a_trail_is_found_and_timed(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    manage({}, "bench", "audit", "--events", "300", "--json", str(kept))
    found = {figure["name"]: figure for figure in json.loads(kept.read_text())}
    assert found["untouched: findings"]["value"] == 0
    assert [name for name, figure in found.items() if name.endswith(": found") and figure["value"] == 1] == [
        f"{what}: found"
        for what in ("one edited", "one deleted", "one inserted", "two reordered", "the last ten truncated")
    ]
    assert found["untouched: audit_verify"]["goal"] == "<= 10 s"

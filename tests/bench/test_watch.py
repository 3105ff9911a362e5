import json
from pathlib import Path

import pytest

from tests.processes import manage


@pytest.mark.slow
def test_watching_is_measured_beside_a_bare_application(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    sizes = ["--viewers", "2", "3", "--seconds", "2", "--hammer", "0.5", "--change", "1", "--operations", "1"]
    manage({}, "bench", "watch", *sizes, "--json", str(kept))
    found = {figure["name"]: figure for figure in json.loads(kept.read_text())}
    assert found["unchanged poll: requests"]["ratio"] > found["unchanged poll that Django answers: requests"]["ratio"]
    for name in ("unchanged poll: answers with a body", "3 viewers: answers that are errors", "2 viewers: AWS calls"):
        assert found[name]["value"] == 0
    assert found["operations that succeeded"]["met"]

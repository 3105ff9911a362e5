import pytest

from tests.bench.conftest import Bench


@pytest.mark.slow
def test_every_change_of_a_trail_is_detected_and_timed(bench: Bench) -> None:
    found = bench("audit", "--events", "300")
    assert found["untouched: findings"]["value"] == 0
    assert [name for name, figure in found.items() if name.endswith(": found") and figure["value"] == 1] == [
        f"{what}: found"
        for what in ("one edited", "one deleted", "one inserted", "two reordered", "the last ten truncated")
    ]
    assert found["untouched: audit_verify"]["goal"] == "<= 10 s"

import pytest

from ecsdash.bench.tampering import EIGHT
from tests.bench.conftest import Bench


@pytest.mark.slow
def test_every_change_of_a_trail_is_detected_and_timed(bench: Bench) -> None:
    found = bench("audit", "--events", "300")
    assert found["untouched: findings"]["value"] == 0
    right = [name for name, figure in found.items() if figure["goal"] == ">= 1 of 1" and figure["value"] == 1]
    assert [name for name in right if name.endswith(": found")] == [f"{name}: found" for name in EIGHT]
    assert [name for name in right if name.endswith(": offline says so")] == [
        f"{name}: offline says so" for name in ("untouched", *EIGHT)
    ]
    assert found["untouched: audit_verify"]["goal"] == "<= 10 s"

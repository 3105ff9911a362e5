import pytest

from tests.bench.conftest import Bench


@pytest.mark.slow
def test_operations_succeed_despite_throttling(bench: Bench) -> None:
    found = bench("throttling", "--operations", "4", "--seconds", "2")
    for which in ("alone", "with sweeps"):
        assert found[f"{which}: succeeded of 4 operations"]["met"]
        assert found[f"{which}: error responses of pages"]["value"] == 0
        assert found[f"{which}: throttled calls"]["value"] > 0
    assert found["alone: calls to AWS, over those without throttling"]["goal"] == "<= 1.5 x"

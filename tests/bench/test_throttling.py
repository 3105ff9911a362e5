import pytest

from tests.bench.conftest import Bench


@pytest.mark.slow
def test_operations_outlast_a_moment_of_throttling_on_the_real_servers(bench: Bench) -> None:
    found = bench("throttling", "--operations", "4", "--seconds", "2")
    for which in ("alone", "beside sweeps"):
        assert found[f"{which}: succeeded of 4 operations"]["met"]
        assert found[f"{which}: answers of pages that are errors"]["value"] == 0
        assert found[f"{which}: throttled calls"]["value"] > 0
    assert found["alone: calls to AWS, over those without throttling"]["goal"] == "<= 1.5 x"

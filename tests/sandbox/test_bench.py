import pytest

from ecsdash.sandbox.bench import measure


@pytest.mark.slow
def test_the_bench_measures_a_sandbox_of_its_own() -> None:
    found = measure("1x6x20", seconds=0.3)
    assert found.calls_per_second > 1
    assert found.answers_mib_per_second > 0.01
    assert 50 < found.peak_mib < 1000
    assert found.seed_seconds < 120

import pytest

from tests.bench.conftest import Bench


@pytest.mark.slow
def test_events_are_measured_in_a_small_scenario(bench: Bench) -> None:
    sizes = ["--scenario", "1x4x5", "--seconds", "3", "--churns", "10", "--events", "1"]
    found = bench("events", *sizes)
    assert found["10 % churn an hour, viewed: change to row, p95"]["goal"] == "<= 2 s"
    assert found["10 % churn an hour, not viewed: change to row, p95"]["goal"] == ""
    assert found["rows that differ after one sweep"]["value"] == 0
    assert found["newer rows overwritten by older ones"]["value"] == 0

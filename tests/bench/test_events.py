import pytest

from tests.bench.conftest import Bench


@pytest.mark.slow
def test_what_events_cost_is_measured_in_a_small_estate(bench: Bench) -> None:
    sizes = ["--estate", "1x4x5", "--seconds", "3", "--churns", "10", "--events", "1"]
    found = bench("events", *sizes)
    assert found["10 % churn an hour, watched: change to row, p95"]["goal"] == "<= 2 s"
    assert found["10 % churn an hour, nobody looks: change to row, p95"]["goal"] == ""
    assert found["rows that differ after one sweep"]["value"] == 0
    assert found["older over newer"]["value"] == 0

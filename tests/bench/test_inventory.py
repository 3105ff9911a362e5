import pytest

from ecsdash.bench.inventory import Estate
from tests.bench.conftest import Bench


def test_the_floor_is_what_the_slowest_bucket_allows() -> None:
    large = Estate(100, 50, 20)
    assert sum(large.calls.values()) == 2602
    assert large.floor(share=1) == 95
    assert large.floor(share=0.5) == 195
    assert Estate(1, 1, 1).floor(share=1) == 0


@pytest.mark.slow
def test_a_sweep_is_measured_against_its_floor(bench: Bench) -> None:
    found = bench("inventory", "--estate", "2x12x3", "--no-events")
    assert found["tasks in the inventory"]["value"] == 72
    assert found["first sweep: calls over the fewest"]["value"] == 12
    assert found["sweep of what did not change: calls over the fewest"]["value"] == 12
    assert found["first sweep: throttled calls"]["value"] == 0

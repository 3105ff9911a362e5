import pytest

from ecsdash.bench.inventory import Size
from tests.bench.conftest import Bench


def test_the_minimum_duration_follows_from_the_slowest_request_limit() -> None:
    large = Size(100, 50, 20)
    assert sum(large.calls.values()) == 2602
    assert large.minimum_seconds(share=1) == 95
    assert large.minimum_seconds(share=0.5) == 195
    assert Size(1, 1, 1).minimum_seconds(share=1) == 0


@pytest.mark.slow
def test_a_sweep_is_compared_with_its_minimum(bench: Bench) -> None:
    figures = bench("inventory", "--scenario", "2x12x3", "--no-events")
    assert figures["tasks in the inventory"]["value"] == 72
    assert figures["first sweep: calls over the fewest"]["value"] == 12
    assert figures["sweep of what did not change: calls over the fewest"]["value"] == 12
    assert figures["first sweep: throttled calls"]["value"] == 0

import pytest

from tests.bench.conftest import Bench


@pytest.mark.slow
def test_polls_are_compared_with_a_minimal_application(bench: Bench) -> None:
    sizes = ["--viewers", "2", "3", "--seconds", "2", "--full-speed", "0.5", "--change", "1", "--operations", "1"]
    found = bench("watch", *sizes)
    assert found["unchanged poll: requests"]["ratio"] > found["unchanged poll that Django answers: requests"]["ratio"]
    for name in ("unchanged poll: responses with a body", "3 viewers: error responses", "2 viewers: AWS calls"):
        assert found[name]["value"] == 0
    assert found["operations that succeeded"]["met"]

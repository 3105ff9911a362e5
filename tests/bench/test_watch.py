import pytest

from tests.bench.conftest import Bench


@pytest.mark.slow
def test_watching_is_measured_beside_a_bare_application(bench: Bench) -> None:
    sizes = ["--viewers", "2", "3", "--seconds", "2", "--hammer", "0.5", "--change", "1", "--operations", "1"]
    found = bench("watch", *sizes)
    assert found["unchanged poll: requests"]["ratio"] > found["unchanged poll that Django answers: requests"]["ratio"]
    for name in ("unchanged poll: answers with a body", "3 viewers: answers that are errors", "2 viewers: AWS calls"):
        assert found[name]["value"] == 0
    assert found["operations that succeeded"]["met"]

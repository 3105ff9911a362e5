import pytest

from tests.bench.conftest import Bench


@pytest.mark.slow
def test_several_accounts_and_web_processes_are_measured(bench: Bench) -> None:
    sizes = ["--accounts", "2", "--tasks", "120", "--requests", "1", "--web", "2", "--workers", "1"]
    found = bench("scale", *sizes, "--viewers", "4", "--seconds", "1", "--operations", "1")
    assert found["tasks of all accounts, 120 tasks: p95"]["goal"] == "<= 100 ms"
    assert found["4 viewers: error responses"]["met"]
    assert found["operations that succeeded"]["met"]

"""The short run of `manage.py faults`: everything that the product stands on fails once while operations run.

The run starts its own database, broker, simulated AWS and processes. It is one process start for all tests here.
"""

import json
import subprocess
from typing import Any

import pytest
from support import product
from support.environment import clean

pytestmark = pytest.mark.slow
NAMES = (
    "worker killed",
    "database away for 2 s",
    "connections cut",
    "broker killed, back empty",
    "Redis hangs for 3 s",
    "worker hangs past its lease",
    "server process killed",
    "SIGTERM of every process",
)
EXIT_SECONDS = 10.0


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, Any]]:
    """The outcome of each fault. A busy machine makes them slower: times are asserted with room to spare."""
    command = product.manage("faults", "--short", "--operations", "3", "--json")
    done = subprocess.run(command, env=clean({}), cwd=product.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["fault"]: line for line in lines}


def test_every_fault_was_tried(outcomes: dict[str, dict[str, Any]]) -> None:
    assert set(outcomes) == set(NAMES)
    assert sum(outcome["in_progress"] for outcome in outcomes.values()) > len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_or_done_twice(outcomes: dict[str, dict[str, Any]], name: str) -> None:
    outcome = outcomes[name]
    assert (outcome["succeeded"], outcome["errored"]) == (outcome["tried"], 0), outcome["note"]
    assert (outcome["lost"], outcome["doubled"]) == (0, 0)
    assert outcome["resumed"] < 30


def test_the_web_server_stays_healthy_and_pages_answer(outcomes: dict[str, dict[str, Any]]) -> None:
    assert {name: each["unhealthy"] for name, each in outcomes.items() if each["unhealthy"]} == {}
    assert max(each["slowest_page"] for each in outcomes.values()) < 5
    assert max(each["first_page"] for each in outcomes.values()) < 10


def test_processes_end_soon_after_sigterm(outcomes: dict[str, dict[str, Any]]) -> None:
    ended = outcomes["SIGTERM of every process"]["took"]
    assert set(ended) == {"web ended", "worker-1 ended", "beat-1 ended", "events-1 ended"}
    assert max(ended.values()) < EXIT_SECONDS

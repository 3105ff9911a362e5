"""Child processes end on request and when their parent is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import product
from support.environment import clean
from support.processes import Family, free_port, is_free
from support.servers import start_valkey, wait_for_port

from tests.processes import until

LONG = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)",
]


def group_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_closing_a_family_ends_every_child(tmp_path: Path) -> None:
    family = Family(tmp_path)
    groups = [family.start(name, LONG, clean({})).pid for name in ("one", "two")]
    family.close()
    assert not any(group_alive(group) for group in groups)


def test_a_child_whose_start_was_interrupted_is_ended_too(tmp_path: Path) -> None:
    family = Family(tmp_path)
    child = family.start("lost", LONG, clean({}))
    del family.children["lost"]  # a signal came before the child was noted
    family.close()
    assert child.wait(timeout=5) == -signal.SIGTERM


@pytest.mark.slow
def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    family = Family(tmp_path)
    child = family.start("ready", STUBBORN, clean({}))
    until(lambda: family.last_words("ready") == "ready")
    family.close()
    assert child.returncode == -signal.SIGKILL


def test_a_killed_parent_leaves_no_orphan(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from support.processes import Family\n"
        f"family = Family(Path({str(tmp_path)!r}))\n"
        f"print(family.start('child', {LONG!r}, {{}}).pid, flush=True); time.sleep(600)"
    )
    variables = {**clean({}), "PYTHONPATH": str(product.ROOT / "bin")}
    parent = subprocess.Popen([sys.executable, "-c", code], env=variables, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    group = int(parent.stdout.readline())
    assert group_alive(group)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not group_alive(group), seconds=10)


def test_a_child_that_exits_is_noticed_with_its_last_line(tmp_path: Path) -> None:
    family = Family(tmp_path)
    family.start("brief", [sys.executable, "-c", "print('so long')"], clean({}))
    until(lambda: family.fallen() == "brief")
    assert family.last_words("brief") == "so long"
    family.close()


def test_the_password_of_valkey_is_not_in_the_process_list(tmp_path: Path) -> None:
    family, port = Family(tmp_path / "logs"), free_port()
    start_valkey(family, tmp_path / "valkey", port, password="hidden-from-others")
    try:
        wait_for_port(family, "valkey", port)
        shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        assert "hidden-from-others" not in shown
        assert not is_free(port)
    finally:
        family.close()

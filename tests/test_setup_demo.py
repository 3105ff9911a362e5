"""`bin/demo`: the real command with all its processes, in its own directory."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from support import product
from support.processes import LOOPBACK, free_port

from tests.processes import until

pytestmark = pytest.mark.slow
PASSWORD = "chosen by the user"


class RunningDemo:
    """A running `bin/demo` and what it printed at the start."""

    def __init__(self, data: Path, *options: str) -> None:
        self.port = free_port()
        self.process = launch(data, self.port, *options)
        self.greeting = self._read_greeting()

    def _read_greeting(self) -> str:
        assert self.process.stdout
        lines = iter(self.process.stdout.readline, "")
        read = []
        for line in lines:
            read.append(line)
            if "Ctrl-C" in line:
                return "".join(read)
        assert self.process.stderr
        raise AssertionError(self.process.stderr.read())

    def status(self, path: str) -> int:
        return self.get(path)[0]

    def get(self, path: str) -> tuple[int, bytes]:
        connection = HTTPConnection(LOOPBACK, self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()
        return code


def launch(data: Path, port: int, *options: str) -> subprocess.Popen[str]:
    """Start the demo with environment variables that it must ignore."""
    command = [sys.executable, str(product.ROOT / "bin" / "demo"), "--port", str(port), "--data", str(data), *options]
    ambient = {"ECSDASH_DATABASE_URL": "junk", "AWS_PROFILE": "real", "AWS_ACCESS_KEY_ID": "AKIAREAL"}
    variables = {**os.environ, **ambient, "ECSDASH_DEMO_PASSWORD": PASSWORD}
    return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run_refused(data: Path, port: int, *options: str) -> tuple[int, str]:
    process = launch(data, port, *options)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


def descendants(pid: int) -> set[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [(int(child), int(parent)) for child, parent in (line.split() for line in listed.splitlines())]
    found, grown = {pid}, True
    while grown:
        more = {child for child, parent in pairs if parent in found} - found
        found |= more
        grown = bool(more)
    return found - {pid}


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def environment_of(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def demo(data: Path) -> Iterator[RunningDemo]:
    running = RunningDemo(data)
    yield running
    if running.process.poll() is None:
        running.end()


def test_it_prints_url_user_password_and_a_link(demo: RunningDemo) -> None:
    assert f"http://{LOOPBACK}:{demo.port}/" in demo.greeting
    assert re.search(r"user\s+demo\n", demo.greeting)
    assert PASSWORD in demo.greeting


def test_the_link_opens_a_page(demo: RunningDemo) -> None:
    link = re.search(r"sign in\s+http://[^/]+(\S+)", demo.greeting)
    assert link
    assert demo.status(link.group(1)) == 200


def test_every_process_becomes_ready(demo: RunningDemo) -> None:
    until(lambda: demo.status("/readyz") == 200, seconds=120, every=0.2)
    assert json.loads(demo.get("/readyz")[1])["ready"]


def test_it_listens_on_the_loopback_interface_only(demo: RunningDemo) -> None:
    sockets = Path("/proc/net/tcp").read_text().splitlines()[1:] + Path("/proc/net/tcp6").read_text().splitlines()[1:]
    listening = {line.split()[1] for line in sockets if line.split()[3] == "0A"}
    ours = {address.split(":")[0] for address in listening if int(address.split(":")[1], 16) == demo.port}
    assert ours == {"0100007F"}


def test_its_processes_get_no_ambient_variables(demo: RunningDemo) -> None:
    for pid in descendants(demo.process.pid):
        variables = environment_of(pid)
        assert "AWS_PROFILE" not in variables
        assert "AWS_ACCESS_KEY_ID" not in variables
        assert variables.get("ECSDASH_DATABASE_URL") != "junk"


def test_a_second_demo_on_the_same_directory_is_refused(demo: RunningDemo, data: Path) -> None:
    code, errors = run_refused(data, free_port())
    assert (code, errors.count("\n")) == (2, 1)
    assert "another demo uses" in errors


def test_a_used_port_is_reported_in_one_line(demo: RunningDemo, tmp_path: Path) -> None:
    code, errors = run_refused(tmp_path / "other", demo.port)
    assert (code, errors) == (2, f"ecsdash: port {demo.port} is in use; choose another port with --port\n")


def test_it_does_not_reset_a_directory_of_others(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    code, errors = run_refused(tmp_path, free_port(), "--reset")
    assert (code, errors.count("\n")) == (2, 1)
    assert (tmp_path / "thesis.txt").exists()


def test_a_child_that_ended_is_started_again(demo: RunningDemo) -> None:
    web = next(pid for pid in descendants(demo.process.pid) if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.killpg(os.getpgid(web), signal.SIGKILL)
    until(lambda: responds(demo), seconds=120, every=0.2)


def responds(demo: RunningDemo) -> bool:
    try:
        return demo.status("/healthz") == 200
    except OSError:
        return False


def test_a_signal_ends_every_child_and_a_kill_too(demo: RunningDemo, data: Path) -> None:
    children = descendants(demo.process.pid)
    assert len(children) >= 6
    assert demo.end(signal.SIGTERM) == 0
    assert not any(alive(pid) for pid in children)

    again = RunningDemo(data)
    assert PASSWORD in again.greeting
    children = descendants(again.process.pid)
    again.end(signal.SIGKILL)
    until(lambda: not any(alive(pid) for pid in children), seconds=10, every=0.2)

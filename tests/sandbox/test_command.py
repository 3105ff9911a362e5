import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from ecsdash.sandbox.scenarios.clients import Clients

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def serving(*options: str, environment: dict[str, str] | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in its own process, and the address that it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ecsdash.sandbox", "serve", *options],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, address(process)
    finally:
        process.kill()
        process.communicate()


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    ready, _, _ = select.select([process.stdout], [], [], 60)
    line = process.stdout.readline() if ready else ""
    match = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", line)
    assert match, line
    return match[1]


@pytest.mark.slow
def test_it_serves_the_small_scenario_and_ends_when_told_to(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with serving("--scenario", "small", "--speed", "30", "--state", str(state)) as (process, url):
        clusters = Clients(url, "eu-central-1")["ecs"].list_clusters()["clusterArns"]
        assert {arn.rpartition("/")[2] for arn in clusters} == {"shop", "batch"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert state.exists()
    with serving("--scenario", "small", "--state", str(state)) as (_, url):
        assert len(Clients(url, "us-east-1")["ecs"].list_clusters()["clusterArns"]) == 1


@pytest.mark.slow
def test_a_fault_is_switched_from_the_command_line() -> None:
    with serving() as (_, url):
        command = [sys.executable, "-m", "ecsdash.sandbox", "faults", "--endpoint", url]
        subprocess.run([*command, "on", "api-throttling", "--where", "ecs:Run*", "--rate", "0.5"], cwd=ROOT, check=True)
        shown = subprocess.run([*command, "list"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert re.search(r"^on +api-throttling +pattern ecs:Run\*, rate 0.5$", shown, re.MULTILINE)
        assert len(re.findall(r"^off ", shown, re.MULTILINE)) == 18
        wrong = subprocess.run([*command, "off", "frogs"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert (wrong.returncode, wrong.stderr.strip()) == (
            1,
            "The request is not valid: there is no fault named frogs",
        )


@pytest.mark.slow
def test_a_taken_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "ecsdash.sandbox", "serve", "--port", port]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines() == [f"cannot listen on port {port}: Address already in use"]


@pytest.mark.slow
def test_it_is_reached_on_the_loopback_interface_only_and_reads_no_ambient_account() -> None:
    ambient = {"AWS_PROFILE": "production", "AWS_CONFIG_FILE": "/does/not/exist", "MOTO_ACCOUNT_ID": "999999999999"}
    with serving(environment=ambient) as (_, url):
        assert Clients(url, "eu-central-1")["sts"].get_caller_identity()["Account"] == "123456789012"
        elsewhere = url.replace("127.0.0.1", "127.0.0.2")
        session = boto3.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name="eu-central-1")
        with pytest.raises(EndpointConnectionError):
            session.client("sts", endpoint_url=elsewhere).get_caller_identity()

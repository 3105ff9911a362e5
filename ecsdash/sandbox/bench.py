"""How fast and how large the simulated AWS is: figures to read, never a test that waits for the clock."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest

from ecsdash.sandbox.estate.clients import Clients
from ecsdash.sandbox.estate.foundation import HOME

THREADS = 8
BATCH = 100
CLUSTER = "cluster-0001"
_KIB = 1024


@dataclass(frozen=True)
class Figures:
    seed_seconds: float
    calls_per_second: float
    answers_mib_per_second: float
    peak_mib: float
    processor_share: float
    """How much of one core the sandbox had: the client that asks takes the rest of the machine."""


def measure(estate: str, seconds: float) -> Figures:
    began = time.monotonic()
    with _serving(estate) as (process, url):
        seeded = time.monotonic() - began
        _lift_limits(url)
        before = _processor_seconds(process.pid)
        calls, size, took = _describe_tasks(url, seconds)
        used = _processor_seconds(process.pid) - before
        return Figures(seeded, calls / took, size / took / _KIB**2, _peak_mib(process.pid), used / took)


def report(estate: str, seconds: float) -> str:
    found = measure(estate, seconds)
    lines = [
        f"simulated AWS, estate {estate}, {os.cpu_count()} cores",
        f"  seeded and listening after {found.seed_seconds:.1f} s",
        f"  DescribeTasks of {BATCH}, {THREADS} threads: {found.calls_per_second:.0f} calls/s, "
        f"{found.answers_mib_per_second:.0f} MiB/s of answers, {found.processor_share:.0%} of one core",
        f"  peak memory {found.peak_mib:.0f} MiB",
    ]
    return "\n".join(lines)


@contextmanager
def _serving(estate: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "ecsdash.sandbox", "serve", "--estate", estate]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 our own program
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("listening on "):
                raise RuntimeError("the sandbox did not start")
            yield process, line.split()[-1]
        finally:
            process.terminate()


def _lift_limits(url: str) -> None:
    """The published request buckets would be measured instead."""
    connection = HTTPConnection(urlsplit(url).netloc)
    connection.request("POST", "/_sandbox/limits", '{"buckets": false}', {"Content-Type": "application/json"})
    connection.getresponse().read()
    connection.close()


def _describe_tasks(url: str, seconds: float) -> tuple[int, int, float]:
    """(calls, bytes of answers, seconds it took) of all threads; the answers are read, but not understood."""
    headers, body = _signed_question(url)
    began = time.monotonic()

    def ask(_: int) -> tuple[int, int]:
        connection = HTTPConnection(urlsplit(url).netloc)
        calls = size = 0
        while time.monotonic() < began + seconds:
            connection.request("POST", "/", body, headers)
            answer = connection.getresponse()
            size += len(answer.read())
            calls += answer.status == 200
        connection.close()
        return calls, size

    with ThreadPoolExecutor(THREADS) as threads:
        done = list(threads.map(ask, range(THREADS)))
    return sum(calls for calls, _ in done), sum(size for _, size in done), time.monotonic() - began


def _signed_question(url: str) -> tuple[dict[str, str], bytes]:
    """One request as botocore sends it, so that the client's own work is not measured."""
    ecs = Clients(url, HOME)["ecs"]
    arns = ecs.list_tasks(cluster=CLUSTER, maxResults=BATCH)["taskArns"]
    caught: list[tuple[dict[str, str], bytes]] = []

    def keep(request: AWSPreparedRequest, **_: object) -> None:
        sent = {name: value if isinstance(value, str) else value.decode() for name, value in request.headers.items()}
        caught.append((sent, request.body if isinstance(request.body, bytes) else str(request.body).encode()))

    ecs.meta.events.register("before-send.ecs.DescribeTasks", keep)
    ecs.describe_tasks(cluster=CLUSTER, tasks=arns)
    return caught[0]


def _peak_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / _KIB
    raise RuntimeError("this system does not tell the memory of a process")


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

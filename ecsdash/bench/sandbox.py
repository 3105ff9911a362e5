"""How fast and how large the simulated AWS is: figures to read, never a test that waits for the clock."""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest

from ecsdash.bench.figures import Figure, peak_mib
from ecsdash.sandbox.scenarios.base_resources import HOME
from ecsdash.sandbox.scenarios.clients import Clients

THREADS = 8
BATCH = 100
CLUSTER = "cluster-0001"
_KIB = 1024


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--estate", default="100x50x20", help="its size: clusters, services in each, tasks in each")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long to ask for tasks")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    began = time.monotonic()
    with _serving(options["estate"]) as (process, url):
        yield Figure(f"seeded and listening, estate {options['estate']}", time.monotonic() - began, "s", 60)
        _lift_limits(url)
        before = _processor_seconds(process.pid)
        calls, size, took = _describe_tasks(url, options["seconds"])
        used = _processor_seconds(process.pid) - before
        yield Figure(f"DescribeTasks of {BATCH}, {THREADS} threads", calls / took, "calls/s", 100, "least")
        yield Figure("answers", size / took / _KIB**2, "MiB/s")
        yield Figure("processor, while the clients took the rest", used / took, "cores")
        yield Figure("peak memory", peak_mib(process.pid), "MiB", 2.5 * _KIB)


@contextmanager
def _serving(estate: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "ecsdash.sandbox", "serve", "--scenario", estate]
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


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

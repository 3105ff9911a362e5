"""Response times of list pages and the search as the inventory grows, on the real web server with one user."""

import html
import re
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from support.product import BIN

from ecsdash.access.models import Grant, User
from ecsdash.access.permissions import Role
from ecsdash.bench import comparison, fleet
from ecsdash.bench.figures import Figure, percentile
from ecsdash.bench.servers import BenchServers, bench_servers
from ecsdash.inventory import changes
from ecsdash.inventory.models import Account

SCOPE = f"/bench/{fleet.REGION}/"
TASKS = f"{SCOPE}tasks/"
#: Sort orders in which the tasks visible by grants with patterns come last: the worst case.
WORST_ORDERS = {"": "", ", by service": "?sort=service", ", by family, stopped ones": "?show=stopped&sort=family"}
CLIENTS = BIN.parent / "clients" / "bin"
NEXT = re.compile(r'href="([^"]+)"\s+rel="next"')
LIST_GOAL, SERVICES_GOAL = 100, 50  # milliseconds


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--tasks", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="numbers of tasks in the inventory"
    )
    parser.add_argument("--requests", type=int, default=60, help="requests of each page")
    parser.add_argument("--awscli", type=Path, default=CLIENTS / "aws", help="path of the AWS CLI to compare with")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    with bench_servers() as servers:
        yield from _growing(servers, sorted(options["tasks"]), options["requests"])
        yield from _comparison(servers, options["awscli"])


def _growing(servers: BenchServers, sizes: list[int], requests: int) -> Iterator[Figure]:
    account = fleet.build()
    timer = PageTimer(servers, "everything", role=Role.ADMIN)
    by_pattern = PageTimer(servers, "narrow", role=Role.DEPLOYER, account=account, cluster="cluster-0*", service="w*")
    present = 0
    for size in sizes:
        fleet.add_tasks(account, present, size)
        present = size
        yield from pages(account, timer, size, requests)
        for name, query in WORST_ORDERS.items():
            yield from by_pattern.figures(
                f"tasks{name}, by grants with patterns, {size:,} tasks", TASKS + query, requests
            )


def _comparison(servers: BenchServers, awscli: Path) -> Iterator[Figure]:
    """Measure other clients on a simulated AWS of the same size without request limits."""
    endpoint, services = servers.sandbox(f"{fleet.CLUSTERS}x{fleet.SERVICES}x1"), fleet.CLUSTERS * fleet.SERVICES
    servers.sandbox_admin("limits", {"buckets": False})
    took = [1000 * comparison.boto3_seconds(endpoint, services) for _ in range(5)]
    yield Figure(f"{services} services by boto3, {comparison.THREADS} threads: p50", percentile(took, 0.5), "ms")
    if awscli.exists():
        yield Figure(
            f"{services} services by the AWS CLI", 1000 * comparison.awscli_seconds(awscli, endpoint, services), "ms"
        )


def pages(account: Account, timer: "PageTimer", size: int, requests: int, *, accounts: int = 1) -> Iterator[Figure]:
    """Measure each list page and the search with `size` tasks, equally many in each account."""
    own = size // accounts
    paths = {
        "services": f"{SCOPE}services/",
        "task definitions": f"{SCOPE}task-definitions/",
        "tasks": TASKS,
        "tasks, by zone": f"{TASKS}?sort=zone",
        "tasks, stopped": f"{TASKS}?show=stopped",
        "tasks, the filter finds one": f"{TASKS}?{urlencode({'show': 'all', 'q': fleet.task_id(own // 2)[:8]})}",
        "tasks, the filter finds none": f"{TASKS}?q=cluster%3Anothing",
        "tasks, the filter finds most": f"{TASKS}?q=status%3ARUNNING",
        "tasks, the filter finds a cluster": f"{TASKS}?q=cluster%3Acluster-00",
        "tasks of all accounts": "/all/all/tasks/",
        "tasks of all accounts, by account": "/all/all/tasks/?sort=account",
        "search, a task id": f"/search/?q={fleet.task_id(own // 3)[:12]}",
        "search, a private IP": f"/search/?q={fleet.private_ip(own // 3)}",
        "search, a word of many": "/search/?q=web",
        "search, nothing": "/search/?q=nothing-like-this",
    }
    for name, path in paths.items():
        goal = SERVICES_GOAL if name == "services" else LIST_GOAL
        yield from timer.figures(f"{name}, {size:,} tasks", path, requests, goal)
    took = []
    for _ in range(requests):
        changes.bump(account, fleet.REGION, "tasks")
        took.append(1000 * timer.seconds(TASKS))
    yield Figure(f"tasks, just after a change, {size:,} tasks: p95", percentile(took, 0.95), "ms", LIST_GOAL)
    deep = timer.walk(TASKS, pages=20)
    yield from timer.figures(f"tasks, page 20, {size:,} tasks", deep, requests)


class PageTimer:
    """Measures response times of one signed-in user on one connection."""

    def __init__(self, servers: BenchServers, name: str, **grant: Any) -> None:
        if not servers.web_port:
            servers.web()
        self.connection = HTTPConnection("127.0.0.1", servers.web_port, timeout=60)
        user = User.objects.create_user(name)
        Grant.objects.create(user=user, **grant)
        client = Client()
        client.force_login(user)
        self.headers = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}

    def figures(self, name: str, path: str, requests: int, goal: float = LIST_GOAL) -> Iterator[Figure]:
        self.connection.close()  # the server may have closed it while the fleet was written
        self.seconds(path)
        took = [1000 * self.seconds(path) for _ in range(requests)]
        yield Figure(f"{name}: p50", percentile(took, 0.5), "ms")
        yield Figure(f"{name}: p95", percentile(took, 0.95), "ms", goal)

    def seconds(self, path: str) -> float:
        began = time.perf_counter()
        self._page(path)
        return time.perf_counter() - began

    def walk(self, path: str, pages: int) -> str:
        """Follow the link to the next page `pages` times. Return the URL of the last page reached."""
        for _ in range(pages):
            found = NEXT.search(self._page(path))
            if not found:
                break
            path = html.unescape(found[1])
        return path

    def _page(self, path: str) -> str:
        self.connection.request("GET", path, headers=self.headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        if response.status != 200:
            raise RuntimeError(f"{path} returned status {response.status}")
        return text

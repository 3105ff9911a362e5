"""How long list pages and the search take as the store grows, asked of the real web server by one person alone."""

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
from ecsdash.bench import fleet, peers
from ecsdash.bench.figures import Figure, percentile
from ecsdash.bench.stage import Stage, stage
from ecsdash.inventory import changes
from ecsdash.inventory.models import Account

SCOPE = f"/bench/{fleet.REGION}/"
TASKS = f"{SCOPE}tasks/"
#: What grants with patterns show of the tasks lies at the end of these orders.
NARROWED = {"": "", ", by service": "?sort=service", ", by family, stopped ones": "?show=stopped&sort=family"}
CLIENTS = BIN.parent / "clients" / "bin"
NEXT = re.compile(r'href="([^"]+)"\s+rel="next"')
LIST_GOAL, SERVICES_GOAL = 100, 50  # milliseconds


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tasks", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="sizes of the store")
    parser.add_argument("--requests", type=int, default=60, help="of each page")
    parser.add_argument("--awscli", type=Path, default=CLIENTS / "aws", help="the AWS CLI to measure beside")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    with stage() as servers:
        yield from _growing(servers, sorted(options["tasks"]), options["requests"])
        yield from _peers(servers, options["awscli"])


def _growing(servers: Stage, sizes: list[int], requests: int) -> Iterator[Figure]:
    account = fleet.build()
    visitor = Visitor(servers, "everything", role=Role.ADMIN)
    narrow = Visitor(servers, "narrow", role=Role.DEPLOYER, account="be*", cluster="cluster-0*", service="w*")
    have = 0
    for size in sizes:
        fleet.add_tasks(account, have, size)
        have = size
        yield from _pages(account, visitor, size, requests)
        for name, query in NARROWED.items():
            yield from narrow.figures(f"tasks{name}, by grants with patterns, {size:,} tasks", TASKS + query, requests)


def _peers(servers: Stage, awscli: Path) -> Iterator[Figure]:
    """The same list of services, asked of the simulated AWS without its request limits."""
    endpoint, services = servers.sandbox(f"{fleet.CLUSTERS}x{fleet.SERVICES}x1"), fleet.CLUSTERS * fleet.SERVICES
    servers.sandbox_door("limits", {"buckets": False})
    took = [1000 * peers.boto3_seconds(endpoint, services) for _ in range(5)]
    yield Figure(f"{services} services by boto3, {peers.THREADS} threads: p50", percentile(took, 0.5), "ms")
    if awscli.exists():
        yield Figure(
            f"{services} services by the AWS CLI", 1000 * peers.awscli_seconds(awscli, endpoint, services), "ms"
        )


def _pages(account: Account, visitor: "Visitor", size: int, requests: int) -> Iterator[Figure]:
    pages = {
        "services": f"{SCOPE}services/",
        "task definitions": f"{SCOPE}task-definitions/",
        "tasks": TASKS,
        "tasks, by zone": f"{TASKS}?sort=zone",
        "tasks, stopped": f"{TASKS}?show=stopped",
        "tasks, the filter finds one": f"{TASKS}?{urlencode({'show': 'all', 'q': fleet.task_id(size // 2)[:8]})}",
        "tasks, the filter finds none": f"{TASKS}?q=cluster%3Anothing",
        "tasks, the filter finds most": f"{TASKS}?q=status%3ARUNNING",
        "tasks, the filter finds a cluster": f"{TASKS}?q=cluster%3Acluster-00",
        "tasks of all accounts": "/all/all/tasks/",
        "tasks of all accounts, by account": "/all/all/tasks/?sort=account",
        "search, a task id": f"/search/?q={fleet.task_id(size // 3)[:12]}",
        "search, a private IP": f"/search/?q={fleet.private_ip(size // 3)}",
        "search, a word of many": "/search/?q=web",
        "search, nothing": "/search/?q=nothing-like-this",
    }
    for name, path in pages.items():
        goal = SERVICES_GOAL if name == "services" else LIST_GOAL
        yield from visitor.figures(f"{name}, {size:,} tasks", path, requests, goal)
    took = []
    for _ in range(requests):
        changes.bump(account, fleet.REGION, "tasks")
        took.append(1000 * visitor.seconds(TASKS))
    yield Figure(f"tasks, just after a change, {size:,} tasks: p95", percentile(took, 0.95), "ms", LIST_GOAL)
    deep = visitor.walk(TASKS, pages=20)
    yield from visitor.figures(f"tasks, page 20, {size:,} tasks", deep, requests)


class Visitor:
    """One person, signed in, on one connection."""

    def __init__(self, servers: Stage, name: str, **grant: str) -> None:
        if not servers.web_port:
            servers.web()
        self.connection = HTTPConnection("127.0.0.1", servers.web_port, timeout=60)
        user = User.objects.create_user(name)
        Grant.objects.create(user=user, **grant)
        client = Client()
        client.force_login(user)
        self.headers = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}

    def figures(self, name: str, path: str, requests: int, goal: float = LIST_GOAL) -> Iterator[Figure]:
        self.connection.close()  # the server may have: a fleet takes minutes to write
        self.seconds(path)
        took = [1000 * self.seconds(path) for _ in range(requests)]
        yield Figure(f"{name}: p50", percentile(took, 0.5), "ms")
        yield Figure(f"{name}: p95", percentile(took, 0.95), "ms", goal)

    def seconds(self, path: str) -> float:
        began = time.perf_counter()
        self._page(path)
        return time.perf_counter() - began

    def walk(self, path: str, pages: int) -> str:
        """The address of the page so many pages behind the first, or of the last one."""
        for _ in range(pages):
            found = NEXT.search(self._page(path))
            if not found:
                break
            path = html.unescape(found[1])
        return path

    def _page(self, path: str) -> str:
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return text

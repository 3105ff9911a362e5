"""How long list pages and the search take as the store grows, asked of the real web server by one person alone."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from ecsdash.access.models import Grant, User
from ecsdash.access.permissions import Role
from ecsdash.bench import fleet
from ecsdash.bench.figures import Figure, percentile
from ecsdash.bench.stage import Stage, stage
from ecsdash.inventory import store
from ecsdash.inventory.models import Account

SCOPE = f"/bench/{fleet.REGION}/"
LIST_GOAL, SERVICES_GOAL = 100, 50  # milliseconds


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tasks", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="sizes of the store")
    parser.add_argument("--requests", type=int, default=60, help="of each page")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    with stage() as servers:
        yield from _growing(servers, sorted(options["tasks"]), options["requests"])


def _growing(servers: Stage, sizes: list[int], requests: int) -> Iterator[Figure]:
    account = fleet.build()
    visitor = Visitor(servers, "everything", role=Role.ADMIN)
    narrow = Visitor(servers, "narrow", role=Role.DEPLOYER, account="be*", cluster="cluster-0*", service="w*")
    have = 0
    for size in sizes:
        fleet.add_tasks(account, have, size)
        have = size
        yield from _pages(account, visitor, size, requests)
        yield from narrow.figures(f"tasks, by grants with patterns, {size:,} tasks", f"{SCOPE}tasks/", requests)


def _pages(account: Account, visitor: "Visitor", size: int, requests: int) -> Iterator[Figure]:
    tasks = f"{SCOPE}tasks/"
    pages = {
        "services": f"{SCOPE}services/",
        "tasks": tasks,
        "tasks, by zone": f"{tasks}?sort=zone",
        "tasks, stopped": f"{tasks}?show=stopped",
        "tasks, the filter finds one": f"{tasks}?{urlencode({'show': 'all', 'q': fleet.task_id(size // 2)[:8]})}",
        "tasks, the filter finds none": f"{tasks}?q=cluster%3Anothing",
        "tasks, the filter finds most": f"{tasks}?q=status%3ARUNNING",
    }
    for name, path in pages.items():
        goal = SERVICES_GOAL if name == "services" else LIST_GOAL
        yield from visitor.figures(f"{name}, {size:,} tasks", path, requests, goal)


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
        self.seconds(path)
        took = [1000 * self.seconds(path) for _ in range(requests)]
        yield Figure(f"{name}: p50", percentile(took, 0.5), "ms")
        yield Figure(f"{name}: p95", percentile(took, 0.95), "ms", goal)

    def seconds(self, path: str) -> float:
        began = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return time.perf_counter() - began

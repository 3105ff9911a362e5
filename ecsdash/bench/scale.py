"""Growth past one machine: pages of a large inventory of many accounts, and viewers of several web processes."""

import shutil
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import connection

from ecsdash.access.permissions import Role
from ecsdash.bench import fleet, watch
from ecsdash.bench.figures import Figure
from ecsdash.bench.list import PageTimer, pages
from ecsdash.bench.operation_load import starting_operations
from ecsdash.bench.servers import BenchServers, bench_servers
from ecsdash.inventory.models import Account


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--accounts", type=int, default=10, help="number of accounts")
    parser.add_argument("--tasks", type=int, default=1_000_000, help="number of tasks in all accounts")
    parser.add_argument("--requests", type=int, default=60, help="requests of each page")
    parser.add_argument("--viewers", type=int, default=10_000, help="number of simultaneous viewers")
    parser.add_argument("--seconds", type=float, default=60, help="duration of the measurement with viewers")
    parser.add_argument("--change", type=float, default=5, help="seconds between two changes of the section")
    parser.add_argument("--operations", type=int, default=50, help="number of operations started meanwhile")
    parser.add_argument("--web", type=int, default=4, help="number of web processes")
    parser.add_argument("--workers", type=int, default=2, help="number of workers")
    caddy = shutil.which("caddy")
    parser.add_argument(
        "--caddy", type=Path, default=caddy and Path(caddy), help="path of Caddy; without it, viewers are spread evenly"
    )


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    with bench_servers() as servers:
        servers.sandbox("empty")
        account = fill(options["accounts"], options["tasks"])
        yield Figure("size of the database", _database_mib(), "MiB")
        for _ in range(options["web"]):
            servers.web()
        timer = PageTimer(servers, "everything", role=Role.ADMIN)
        yield from pages(account, timer, options["tasks"], options["requests"], accounts=options["accounts"])
        if options["caddy"]:
            servers.proxy(options["caddy"])
        yield from _with_viewers(servers, account, options)


def fill(accounts: int, tasks: int) -> Account:
    """Create the accounts with equally many tasks. Return the first."""
    account = fleet.build()
    fleet.add_tasks(account, 0, tasks // accounts)
    for number in range(1, accounts):
        fleet.copy_account(account, number)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return account


def _with_viewers(servers: BenchServers, account: Account, options: Mapping[str, Any]) -> Iterator[Figure]:
    for number in range(options["workers"]):
        servers.worker(f"worker-{number}")
    sessions = watch.sign_in(options["viewers"])
    with starting_operations(servers, options["operations"], options["seconds"]) as started:
        yield from watch.watching(servers, account, sessions, options, alone=False)
    yield Figure("operations started meanwhile", started.number, "operations")
    yield Figure("operations that succeeded", started.succeeded, "operations", options["operations"], "least")


def _database_mib() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return float(cursor.fetchone()[0]) / 1024**2

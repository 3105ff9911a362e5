"""Cost of the inventory: sweeps of a large account compared with the minimum, then events.

The minimum duration of a sweep follows from our share of the request limits: (calls - burst) / refill of the slowest
bucket. All buckets, those of AWS and ours, are scaled by the same factor to shorten the run.
"""

import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from redis import Redis, RedisError

from ecsdash.aws import buckets
from ecsdash.aws.limits import ECS_BUCKETS
from ecsdash.bench import events
from ecsdash.bench.figures import Figure, peak_mib
from ecsdash.bench.servers import BenchServers, bench_servers
from ecsdash.inventory.models import Account, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import run
from ecsdash.sandbox.scenarios.base_resources import ACCOUNT, HOME
from services.models import Task

LATER_GOAL, CALLS_GOAL, MEMORY_GOAL_MIB = 1.15, 1.02, 500
EVENTS_SCENARIO, EVENTS_SECONDS = "10x20x10", 20


@dataclass(frozen=True)
class Size:
    """The size of an account: clusters, services per cluster, tasks per service."""

    clusters: int
    services: int
    tasks: int

    @property
    def calls(self) -> dict[str, int]:
        """The minimum number of calls that read everything."""
        pages = ceil(self.services * self.tasks / 100)
        return {
            "DescribeClusters": 2 * ceil(self.clusters / 100),  # once to list them, once to describe them
            "DescribeServices": self.clusters * (ceil(self.services / 100) + ceil(self.services / 10)),
            "DescribeTasks": self.clusters * 2 * pages,
        }

    def minimum_seconds(self, share: float) -> float:
        """Return the minimum duration with this share of the published limits; 0 when the calls fit the burst."""
        sizes = {name: ECS_BUCKETS[name] for name in self.calls}
        return max(0.0, *((self.calls[name] / share - own.burst) / own.refill for name, own in sizes.items()))


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--scenario", default="100x50x20", help="size: clusters x services per cluster x tasks per service"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="factor by which all request limits are scaled")
    parser.add_argument("--no-events", dest="events_too", action="store_false", help="measure sweeps only")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    size = Size(*(int(part) for part in options["scenario"].split("x")))
    with bench_servers() as servers:
        servers.sandbox(options["scenario"])
        yield from sweep_figures(servers, size, options["scale"])
        if options["events_too"]:
            _restart_for_events(servers)
            yield from events.events_figures(servers, {"seconds": EVENTS_SECONDS})


def sweep_figures(servers: BenchServers, size: Size, scale: float) -> Iterator[Figure]:
    """Measure a first sweep, which writes every row, and a second one, which writes none and gets twice the limits."""
    account = Account.objects.create(alias="bench", name="Bench", account_id=ACCOUNT, regions=[HOME])
    for label, factor in (("first sweep", scale), ("sweep of what did not change", 2 * scale)):
        yield from _one_sweep(servers, Scope(account, HOME), size, label, factor)
    yield Figure("tasks in the inventory", Task.objects.present().count(), "tasks")
    yield Figure("sweeps: peak memory of the process", peak_mib(), "MiB", MEMORY_GOAL_MIB)
    for state in SweepState.objects.exclude(error=""):
        raise RuntimeError(f"the sweep of {state.noun} failed: {state.error_code} {state.error}")


def _one_sweep(servers: BenchServers, scope: Scope, size: Size, label: str, scale: float) -> Iterator[Figure]:
    share = settings.API_SHARE / 100 * scale
    _use_share(share)
    servers.sandbox_admin("limits", {"scale": scale})
    servers.sandbox_admin("calls", {"reset": True})
    took = _sweep(scope)
    seen = servers.sandbox_admin("calls", {"reset": True})
    made, minimum, fewest = sum(seen["calls"].values()), size.minimum_seconds(share), sum(size.calls.values())
    yield Figure(f"{label}: seconds over the floor", took, "s", LATER_GOAL if minimum else None, bound=minimum)
    yield Figure(f"{label}: calls over the fewest", made, "calls", CALLS_GOAL, bound=fewest)
    yield Figure(f"{label}: throttled calls", sum(seen["throttled"].values()), "calls", 0)


def _use_share(share: float) -> None:
    """Reset the request buckets and give us this share of the limits."""
    cache.clear()
    buckets.configure(buckets.SharedBuckets(Redis.from_url(settings.REDIS_URL), (RedisError,)), share=share)


def _restart_for_events(servers: BenchServers) -> None:
    """Empty the inventory and restart the simulated AWS with the scenario for events."""
    servers.family.stop("sandbox")
    servers.sandbox(EVENTS_SCENARIO)
    Account.objects.all().delete()
    _use_share(settings.API_SHARE / 100)


def _sweep(scope: Scope) -> float:
    """Sweep clusters, then services and tasks in parallel as workers do. Return the seconds."""
    began = time.monotonic()
    run.sweep_now(scope, "clusters")
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda noun: _sweep_noun(scope, noun), ("tasks", "services")))
    return time.monotonic() - began


def _sweep_noun(scope: Scope, noun: str) -> None:
    try:
        run.sweep_now(scope, noun)
    finally:
        connection.close()

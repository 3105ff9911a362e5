"""What it costs to keep the inventory: a sweep of a large estate against its floor, then events.

The floor of a sweep is what the request buckets allow at our share of them: (calls - burst) / refill of the slowest.
All buckets, AWS's and ours, are scaled alike so that the run fits the time.
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
from ecsdash.bench.stage import Stage, stage
from ecsdash.inventory.models import Account, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import run
from ecsdash.sandbox.scenarios.base_resources import ACCOUNT, HOME
from services.models import Task

LATER_GOAL, CALLS_GOAL, MEMORY_GOAL_MIB = 1.15, 1.02, 500
EVENTS_ESTATE, EVENTS_SECONDS = "10x20x10", 20


@dataclass(frozen=True)
class Estate:
    """So many clusters, of so many services each, of so many tasks each."""

    clusters: int
    services: int
    tasks: int

    @property
    def calls(self) -> dict[str, int]:
        """The fewest calls that see all of it."""
        pages = ceil(self.services * self.tasks / 100)
        return {
            "DescribeClusters": 2 * ceil(self.clusters / 100),  # and as many lists of them
            "DescribeServices": self.clusters * (ceil(self.services / 100) + ceil(self.services / 10)),
            "DescribeTasks": self.clusters * 2 * pages,
        }

    def floor(self, share: float) -> float:
        """Seconds, at this share of the published buckets; 0 for what fits their burst."""
        sizes = {name: ECS_BUCKETS[name] for name in self.calls}
        return max(0.0, *((self.calls[name] / share - own.burst) / own.refill for name, own in sizes.items()))


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--estate", default="100x50x20", help="its size: clusters, services in each, tasks in each")
    parser.add_argument("--scale", type=float, default=1.0, help="how many times the published size all buckets have")
    parser.add_argument("--no-events", dest="events_too", action="store_false", help="measure sweeps only")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    estate = Estate(*(int(part) for part in options["estate"].split("x")))
    with stage() as servers:
        servers.sandbox(options["estate"])
        yield from sweep_figures(servers, estate, options["scale"])
        if options["events_too"]:
            _another_estate(servers)
            yield from events.events_figures(servers, {"seconds": EVENTS_SECONDS})


def sweep_figures(servers: Stage, estate: Estate, scale: float) -> Iterator[Figure]:
    """The first sweep writes every row, the second none: less work, so its buckets are twice as large."""
    account = Account.objects.create(alias="bench", name="Bench", account_id=ACCOUNT, regions=[HOME])
    for words, times in (("first sweep", scale), ("sweep of what did not change", 2 * scale)):
        yield from _one_sweep(servers, Scope(account, HOME), estate, words, times)
    yield Figure("tasks in the inventory", Task.objects.present().count(), "tasks")
    yield Figure("sweeps: peak memory of the process", peak_mib(), "MiB", MEMORY_GOAL_MIB)
    for state in SweepState.objects.exclude(error=""):
        raise RuntimeError(f"the sweep of {state.noun} failed: {state.error_code} {state.error}")


def _one_sweep(servers: Stage, scope: Scope, estate: Estate, words: str, scale: float) -> Iterator[Figure]:
    share = settings.API_SHARE / 100 * scale
    _use_share(share)
    servers.sandbox_door("limits", {"scale": scale})
    servers.sandbox_door("calls", {"reset": True})
    took = _sweep(scope)
    seen = servers.sandbox_door("calls", {"reset": True})
    made, floor, least = sum(seen["calls"].values()), estate.floor(share), sum(estate.calls.values())
    yield Figure(f"{words}: seconds over the floor", took, "s", LATER_GOAL if floor else None, bound=floor)
    yield Figure(f"{words}: calls over the fewest", made, "calls", CALLS_GOAL, bound=least)
    yield Figure(f"{words}: throttled calls", sum(seen["throttled"].values()), "calls", 0)


def _use_share(share: float) -> None:
    """Full buckets of this size."""
    cache.clear()
    buckets.configure(buckets.SharedBuckets(Redis.from_url(settings.REDIS_URL), (RedisError,)), share=share)


def _another_estate(servers: Stage) -> None:
    """An empty inventory, and a simulated AWS of the size that the events are measured with."""
    servers.family.stop("sandbox")
    servers.sandbox(EVENTS_ESTATE)
    Account.objects.all().delete()
    _use_share(settings.API_SHARE / 100)


def _sweep(scope: Scope) -> float:
    """Services and tasks side by side, as workers sweep them."""
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

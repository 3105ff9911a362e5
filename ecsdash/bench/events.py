"""Cost and delay of events while tasks are stopped at a constant rate and ECS starts replacements.

The rate is that of 100,000 tasks, whatever the size of the scenario: a churn of 1 % an hour replaces 1,000 of them. The
minimum number of calls follows from eight events per replacement, received and deleted in batches of ten: 0.44 calls a
second. It is lower when fewer events arrive. While somebody views a page, a delay of at most two seconds needs more
frequent calls; that is the minimum then. Finally events are duplicated, reordered and lost, and the inventory is
compared with the API after one sweep.
"""

import random
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from django.db import connection
from django.utils import timezone
from support import product

from ecsdash.bench.figures import Figure, percentile
from ecsdash.bench.servers import BenchServers, bench_servers, wait_until
from ecsdash.bench.service_events import service_event_figures
from ecsdash.inventory import viewers
from ecsdash.inventory.events import coverage
from ecsdash.inventory.models import Account, FeedProgress, PendingDescribe, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import registry, run
from ecsdash.sandbox.scenarios import event_feed as feed
from ecsdash.sandbox.scenarios.base_resources import ACCOUNT, HOME
from ecsdash.sandbox.scenarios.clients import Clients
from services.models import Service, Task
from services.sync.deployments import deployments_signature

TASKS, EVENTS_PER_TASK, CALLS_PER_EVENT = (
    100_000,
    8,
    0.2,
)  # per replacement; receive and delete in batches of ten, per event
COUNTED = ("ecs", "sqs")
CALLS_GOAL, LAG_GOAL = 1.2, 2.0
RATE_REACHED, PROMPT_SHARE = 0.9, 0.95
LOST, DUPLICATED = 0.01, 0.2
STORE_SECONDS = 0.5  # in which received events are stored and deleted
STORM_RATE, STORM_SECONDS = 30, 100  # tasks stopped per second; maximum duration
STALE_UPDATES_TRIGGER = """
CREATE TABLE bench_stale (arn text);
CREATE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN INSERT INTO bench_stale VALUES (OLD.arn); RETURN NEW; END$$;
CREATE TRIGGER bench_stale BEFORE UPDATE ON services_task FOR EACH ROW WHEN (NEW.version < OLD.version)
EXECUTE FUNCTION bench_note();
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--scenario", default="10x20x10", help="size: clusters x services per cluster x tasks per service"
    )
    parser.add_argument("--seconds", type=float, default=30, help="duration of each measurement")
    parser.add_argument(
        "--churns", type=float, nargs="+", default=[1, 10, 100], help="percentages of tasks replaced per hour"
    )
    parser.add_argument(
        "--events", type=int, default=2_000, help="number of events that are duplicated, reordered and lost"
    )


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    with bench_servers() as servers:
        servers.sandbox(options["scenario"])
        yield from events_figures(servers, options)


def events_figures(servers: BenchServers, options: Mapping[str, Any]) -> Iterator[Figure]:
    """Measure events with a running simulated AWS. Its account is created when it does not exist."""
    account = Account.objects.filter(account_id=ACCOUNT).first() or Account.objects.create(
        alias="bench", name="Bench", account_id=ACCOUNT, regions=[HOME]
    )
    url = account.reader(HOME).target.endpoint_url
    prepare(servers, Scope(account, HOME), url)
    churns, seconds = options.get("churns", (1, 10, 100)), options.get("seconds", 30)
    yield from _churn_figures(servers, url, min(churns), 2 * seconds)  # longer: there are only a few calls
    for percent in churns:
        viewers.note((account.pk, HOME, noun) for noun in coverage.COVERED_NOUNS)
        yield from _churn_figures(servers, url, percent, seconds, watched=True)
    yield from service_event_figures(servers, url, seconds)
    yield from _divergence_figures(servers, Scope(account, HOME), url, options.get("events", 2_000))


def prepare(servers: BenchServers, scope: Scope, url: str) -> None:
    """Connect an event feed, sweep the inventory, start the product's processes and wait for their first sweeps."""
    feed.build(Clients(url, HOME))
    run.sweep_now(scope, "clusters", "services", "tasks", "event_feeds")
    seen = [service for service in cast(Iterator[Service], Service.objects.present()) if not service.deployments_seen]
    for service in seen:  # the deployments of long ago are another sweep's work
        service.deployments_seen = deployments_signature(service.description)
    Service.objects.bulk_update(seen, ["deployments_seen"], batch_size=500)
    servers.start("events", product.events())
    wait_until(lambda: bool(coverage.covered_scopes()), 60)
    servers.worker()
    servers.beat()
    wait_until(lambda: SweepState.objects.exclude(completed_at=None).count() >= len(registry.SWEEPERS), 240)


def _churn_figures(
    servers: BenchServers, url: str, percent: float, seconds: float, *, watched: bool = False
) -> Iterator[Figure]:
    rate = TASKS * percent / 100 / 3600
    with _stopping(url, rate) as stopped:
        time.sleep(seconds / 3)  # until the first replacements
        received = _received_after_batch()
        servers.sandbox_admin("calls", {"reset": True})
        began, before, already = timezone.now(), time.monotonic(), len(stopped)
        time.sleep(seconds)
        events = _received_after_batch() - received
        took = time.monotonic() - before
        due, done = rate * took, len(stopped) - already
        calls = servers.sandbox_admin("calls", {"reset": True})["calls"]
    time.sleep(2 * LAG_GOAL)
    ours = _by_service({name: number for name, number in calls.items() if not name.endswith("StopTask")})
    lags = _lags(began)
    at = f"{percent:g} % churn an hour, {'viewed' if watched else 'not viewed'}"
    reached = "" if done > RATE_REACHED * due - 1 else f" ({done / due:.0%} of it reached)"  # by the simulated AWS
    yield from _cost_figures(at + reached, ours, took, min(rate * EVENTS_PER_TASK, events / took), watched=watched)
    yield Figure(f"{at}: events", events / took, "events/s")
    yield Figure(f"{at}: change to row, median of {len(lags)}", percentile(lags, 0.5), "s")
    yield Figure(f"{at}: change to row, p95", percentile(lags, 0.95), "s", LAG_GOAL if watched else None)


def _received_after_batch() -> int:
    """Wait for the next batch of events, so that measurements cover whole intervals. Return the number received."""
    before = FeedProgress.objects.get().received
    wait_until(lambda: FeedProgress.objects.get().received > before, 60)
    time.sleep(STORE_SECONDS)
    return FeedProgress.objects.get().received


def _cost_figures(
    at: str, ours: Mapping[str, int], took: float, each_second: float, *, watched: bool
) -> Iterator[Figure]:
    calls = sum(ours.get(service, 0) for service in COUNTED) / took
    bound = each_second * CALLS_PER_EVENT
    prompt = bound / 2 + max(bound / 2, PROMPT_SHARE / LAG_GOAL)
    goal = CALLS_GOAL if bound else None
    yield Figure(f"{at}: calls to SQS and ECS", calls, "calls/s", None if watched else goal, bound=bound)
    if watched:
        yield Figure(
            f"{at}: calls to SQS and ECS over the minimum for a delay of 2 s", calls, "calls/s", goal, bound=prompt
        )
    for service, number in sorted(ours.items()):
        yield Figure(f"{at}: calls to {service}", number / took, "calls/s")


def _lags(since: datetime) -> list[float]:
    """Return the delays of the tasks that stopped since then, from the stop to the update of the row."""
    rows = Task.objects.filter(stopped_at__gte=since, last_status="STOPPED").values_list("stopped_at", "observed_at")
    return [(written - stopped).total_seconds() for stopped, written in rows]


def _divergence_figures(servers: BenchServers, scope: Scope, url: str, events: int) -> Iterator[Figure]:
    with connection.cursor() as cursor:
        cursor.execute(STALE_UPDATES_TRIGGER)
    for name, rate in (("events-doubled", DUPLICATED), ("events-shuffled", 1.0), ("events-lost", LOST)):
        servers.sandbox_admin("faults", {"name": name, "on": True, "rate": rate})
    viewers.note((scope.account.pk, scope.region, noun) for noun in coverage.COVERED_NOUNS)
    received, began = FeedProgress.objects.get().received, time.monotonic()
    with _stopping(url, STORM_RATE):
        while FeedProgress.objects.get().received - received < events and time.monotonic() < began + STORM_SECONDS:
            time.sleep(0.5)
    wait_until(_quiet(), 120)
    taken = FeedProgress.objects.get().received - received
    yield Figure("events received, 20 % duplicated, reordered, 1 % lost", taken, "events")
    yield Figure("rows that differ before the sweep", _differing(url), "rows")
    run.sweep_now(scope, "clusters", "tasks", "services")
    yield Figure("rows that differ after one sweep", _differing(url), "rows", 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_stale")
        yield Figure("newer rows overwritten by older ones", cursor.fetchone()[0], "rows", 0)


def _quiet() -> Callable[[], bool]:
    """Return a condition that is true when no event has arrived for 8 s."""
    last = [-1, time.monotonic()]

    def quiet() -> bool:
        received = FeedProgress.objects.get().received
        if received != last[0]:
            last[:] = [received, time.monotonic()]
        return time.monotonic() - last[1] > 8 and not PendingDescribe.objects.exists()

    return quiet


def _differing(url: str) -> int:
    """Return the number of tasks that differ between ECS and the inventory, or that only one of them has."""
    ecs, described = Clients(url, HOME)["ecs"], dict[str, tuple[str, int]]()
    for cluster in _pages(ecs, "list_clusters", "clusterArns"):
        for status in ("RUNNING", "STOPPED"):
            arns = _pages(ecs, "list_tasks", "taskArns", cluster=cluster, desiredStatus=status)
            for start in range(0, len(arns), 100):
                found = ecs.describe_tasks(cluster=cluster, tasks=arns[start : start + 100])["tasks"]
                described |= {task["taskArn"]: (task["lastStatus"], task["version"]) for task in found}
    rows = Task.objects.filter(gone_at=None).values_list("arn", "last_status", "version")
    stored = {arn: (status, version) for arn, status, version in rows}
    return sum(stored.get(arn) != described.get(arn) for arn in stored.keys() | described.keys())


def _pages(ecs: Any, operation: str, key: str, **params: Any) -> list[str]:
    return [arn for page in ecs.get_paginator(operation).paginate(**params) for arn in page[key]]


@contextmanager
def _stopping(url: str, rate: float) -> Iterator[list[str]]:
    """Stop `rate` random tasks per second until the block ends; fewer when the simulated AWS is slower. Yield the list
    of the tasks stopped so far."""
    rows = Task.objects.filter(gone_at=None, last_status="RUNNING", desired_status="RUNNING")
    running = list(rows.values_list("cluster_name", "arn"))
    random.Random(1).shuffle(running)  # noqa: S311 the same in every run
    ecs, finished, stopped = Clients(url, HOME)["ecs"], threading.Event(), list[str]()

    def stop() -> None:
        due = time.monotonic()
        for cluster, arn in running:
            if finished.wait(max(0.0, due - time.monotonic())):
                return
            ecs.stop_task(cluster=cluster, task=arn, reason="churn")
            stopped.append(arn)
            due = max(due, time.monotonic() - 1) + 1 / rate  # catches up by at most a second

    thread = threading.Thread(target=stop)
    thread.start()
    try:
        yield stopped
    finally:
        finished.set()
        thread.join()


def _by_service(calls: Mapping[str, int]) -> dict[str, int]:
    """Return the number of calls to each AWS service."""
    found: dict[str, int] = {}
    for name, number in calls.items():
        service = name.partition(":")[0]
        found[service] = found.get(service, 0) + number
    return found

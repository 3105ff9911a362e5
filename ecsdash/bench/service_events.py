"""Delay of service events: from the moment at which ECS writes one until the inventory has it.

Services are deployed one after the other while an event feed is connected; nobody views a page. Then one page of a
steady service is open, and its desired count changes: its messages are read too. The number of calls shows the cost.
"""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.utils import timezone

from ecsdash.bench.figures import Figure, percentile
from ecsdash.bench.servers import BenchServers
from ecsdash.inventory import viewers
from ecsdash.sandbox.scenarios.base_resources import HOME
from ecsdash.sandbox.scenarios.clients import Clients
from services.models import Service, ServiceEvent

LAG_GOAL, LOOK_SECONDS, EVERY_SECONDS, LAST_SECONDS = 2.0, 0.05, 2.0, 4.0


def service_event_figures(servers: BenchServers, url: str, seconds: float) -> Iterator[Figure]:
    services = list(Service.objects.filter(gone_at=None, desired_count__gt=0).order_by("arn")[:60])
    ecs = Clients(url, HOME)["ecs"]

    def deploy(number: int) -> None:
        service = services[number % len(services)]
        ecs.update_service(cluster=service.cluster_name, service=service.name, forceNewDeployment=True)

    yield from _figures(servers, "deployments", seconds, deploy)
    shown = services[-1]

    def scale(number: int) -> None:
        viewers.note_resource(shown.account_id, shown.region, shown.arn)
        wanted = shown.desired_count + number % 2
        ecs.update_service(cluster=shown.cluster_name, service=shown.name, desiredCount=wanted)

    yield from _figures(servers, "a service on an open page", seconds, scale)


def _figures(servers: BenchServers, what: str, seconds: float, act: Callable[[int], None]) -> Iterator[Figure]:
    servers.sandbox_admin("calls", {"reset": True})
    began = time.monotonic()
    lags = _lags(seconds, act)
    took = time.monotonic() - began
    calls = servers.sandbox_admin("calls", {"reset": True})["calls"]
    described = calls.get("ecs:DescribeServices", 0)
    yield Figure(f"service events, {what}: median of {len(lags)}", percentile(lags, 0.5), "s")
    yield Figure(f"service events, {what}: p95", percentile(lags, 0.95), "s", LAG_GOAL)
    yield Figure(f"service events, {what}: calls to DescribeServices", described / took, "calls/s")


def _lags(seconds: float, act: Callable[[int], None]) -> list[float]:
    """Act every EVERY_SECONDS; return the seconds from each new event until its row could be read."""
    since, began, number = timezone.now(), time.monotonic(), 0
    seen: dict[Any, float] = {}
    while (passed := time.monotonic() - began) < seconds + LAST_SECONDS:
        if passed < seconds and passed >= number * EVERY_SECONDS:
            threading.Thread(target=act, args=(number,)).start()  # the call must not delay the look
            number += 1
        rows = ServiceEvent.objects.filter(created_at__gte=since).exclude(pk__in=seen)
        now = timezone.now()
        seen |= {key: (now - at).total_seconds() for key, at in rows.values_list("pk", "created_at")}
        time.sleep(LOOK_SECONDS)
    return list(seen.values())

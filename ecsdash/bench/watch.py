"""Cost of live sections: polls compared with a minimal WSGI application on the same server, and many viewers."""

import itertools
import os
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import F
from support import product
from support.processes import free_port
from support.servers import wait_for_port

from ecsdash.access.models import Grant, Membership, Team, User
from ecsdash.access.permissions import Role
from ecsdash.bench import fleet
from ecsdash.bench.figures import Figure
from ecsdash.bench.operation_load import starting_operations
from ecsdash.bench.servers import BenchServers, bench_servers
from ecsdash.bench.viewers import PollResults, Viewer, poll_at_intervals, poll_continuously, poll_once
from ecsdash.inventory import changes
from ecsdash.inventory.models import Account
from services.models import Service

SECTION: Final = f"/bench/{fleet.REGION}/services/?fragment=services"
CONNECTIONS: Final = 8  # as many as the server has threads
EVERY: Final = 2.0
CHANGES: Final = 10
CHANGE_VIEWERS: Final = 200
PARTS: Final = 5
FEWEST_FIRST_POLLS: Final = 20  # a second: Django answers the first poll of each viewer
P99_GOAL: Final = 250  # milliseconds
MEMORY_GOAL: Final = 1.05  # ratio to the memory before


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--viewers", type=int, nargs="+", default=[10, 100, 1000], help="numbers of simultaneous viewers"
    )
    parser.add_argument("--seconds", type=float, default=60, help="duration of each measurement with viewers")
    parser.add_argument(
        "--full-speed", type=float, default=5, help="seconds of each measurement without pauses between polls"
    )
    parser.add_argument(
        "--operations",
        type=int,
        default=0,
        help="number of operations started during the measurement with the most viewers",
    )
    parser.add_argument("--change", type=float, default=5, help="seconds between two changes of the section")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    with bench_servers() as servers:
        servers.sandbox("empty")
        servers.web()
        account = fleet.build()
        sessions = sign_in(max(*options["viewers"], CONNECTIONS))
        yield from _at_full_speed(servers, account, sessions, options["full_speed"])
        *fewer, most = sorted(options["viewers"])
        for number in fewer:
            yield from watching(servers, account, sessions[:number], options)
        if not options["operations"]:
            yield from watching(servers, account, sessions[:most], options)
            return
        servers.worker()
        with starting_operations(servers, options["operations"], options["seconds"]) as started:
            yield from watching(servers, account, sessions[:most], options, alone=False)
        yield Figure("operations started meanwhile", started.number, "operations")
        yield Figure("operations that succeeded", started.succeeded, "operations", options["operations"], "least")


def sign_in(number: int) -> list[str]:
    """Create users who may view the account. Return their session keys."""
    team = Team.objects.create(name="viewers")
    Grant.objects.create(team=team, role=Role.VIEWER, account=Account.objects.get(alias="bench"))
    users = User.objects.bulk_create(User(username=f"viewer-{each}") for each in range(number))
    Membership.objects.bulk_create(Membership(user=user, team=team) for user in users)
    return [_session(user) for user in users]


def _session(user: User) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _at_full_speed(servers: BenchServers, account: Account, sessions: list[str], seconds: float) -> Iterator[Figure]:
    """Alternate between the measurements, so that other load on the machine affects all of them equally."""
    minimal, django, unchanged = PollResults(), PollResults(), PollResults()
    viewers = [Viewer(servers.web_port, SECTION, session) for session in sessions[:CONNECTIONS]]
    port = _start_minimal_application(servers)
    minimal_viewers = [Viewer(port, SECTION, session) for session in sessions[:CONNECTIONS]]
    for _ in range(PARTS):
        wait_for_tickets(viewers)
        minimal.extend(poll_continuously(minimal_viewers, seconds / PARTS))
        unchanged.extend(poll_continuously(viewers, seconds / PARTS))
        django.extend(_by_django(viewers, seconds / PARTS))
    yield from _speeds("minimal WSGI application", minimal)
    yield from _speeds("unchanged poll", unchanged, minimal, goal=0.5)
    yield Figure("unchanged poll: responses with a body", unchanged.statuses.get(200, 0), "responses", 0)
    yield from _speeds("unchanged poll that Django answers", django, minimal)
    yield from _speeds("changed section", _changed(servers, account, sessions[:CHANGE_VIEWERS]), minimal)
    for viewer in [*viewers, *minimal_viewers]:
        viewer.close()


def _start_minimal_application(servers: BenchServers) -> int:
    port = free_port()
    servers.start("minimal", [*product.web(port)[:-1], "ecsdash.bench.minimal_application:application"])
    wait_for_port(servers.family, "minimal", port)
    return port


def _by_django(viewers: list[Viewer], seconds: float) -> PollResults:
    """Measure polls with the tag alone instead of a ticket, which Django must answer."""
    for viewer in viewers:
        viewer.tag, viewer.fixed_tag = viewer.tag.partition(b"~")[0], True
    results = poll_continuously(viewers, seconds)
    for viewer in viewers:
        viewer.fixed_tag = False
    return results


def wait_for_tickets(viewers: list[Viewer]) -> None:
    """Poll until each viewer has a ticket: the server issues them when its change counters are complete."""
    deadline = time.monotonic() + 30 + len(viewers) / FEWEST_FIRST_POLLS
    while without := [viewer for viewer in viewers if b"~" not in viewer.tag]:
        if time.monotonic() > deadline:
            raise RuntimeError("the server issues no tickets")
        poll_once(without)


def _changed(servers: BenchServers, account: Account, sessions: list[str]) -> PollResults:
    """Measure the first poll of each viewer after a change."""
    viewers = [Viewer(servers.web_port, SECTION, session) for session in sessions]
    wait_for_tickets(viewers)
    results = PollResults()
    for _ in range(CHANGES):
        _change(account)
        results.extend(poll_once(viewers))
    for viewer in viewers:
        viewer.close()
    return results


def _change(account: Account) -> None:
    """Add a task to a service in the section and bump the change counter, as a sweep does."""
    first = Service.objects.filter(account=account).order_by("name")[:1].values("pk")
    Service.objects.filter(pk__in=first).update(running_count=F("running_count") + 1)
    changes.bump(account, fleet.REGION, "services")


def watching(
    servers: BenchServers, account: Account, sessions: list[str], options: Mapping[str, Any], *, alone: bool = True
) -> Iterator[Figure]:
    """Measure polls at the usual interval. `alone`: nothing else is running, so AWS must not be called."""
    ports = itertools.cycle([servers.proxy_port] if servers.proxy_port else servers.web_ports)
    viewers = [Viewer(port, SECTION, session) for port, session in zip(ports, sessions, strict=False)]
    wait_for_tickets(viewers)
    calls, used, memory = _aws_calls(servers), _processor_seconds(servers), _memory_mib(servers)
    began = time.perf_counter()
    results = poll_at_intervals(viewers, options["seconds"], EVERY, lambda: _change(account), options["change"])
    took = time.perf_counter() - began
    label = f"{len(sessions):,} viewers"
    yield Figure(f"{label}: polls", results.per_second, "polls/s")
    yield Figure(f"{label}: p50", results.milliseconds(0.5), "ms")
    yield Figure(f"{label}: p99", results.milliseconds(0.99), "ms", P99_GOAL)
    yield Figure(f"{label}: error responses", results.errors, "responses", 0)
    yield Figure(f"{label}: connections made again", results.reconnects, "connections")
    yield Figure(f"{label}: sections sent", results.statuses.get(200, 0) / took, "per s")
    yield Figure(f"{label}: processor of the web server", (_processor_seconds(servers) - used) / took, "cores")
    yield Figure(f"{label}: memory of the web server", _memory_mib(servers), "MiB", MEMORY_GOAL, bound=memory)
    yield Figure(f"{label}: AWS calls", (_aws_calls(servers) - calls) / took, "calls/s", 0 if alone else None)
    for viewer in viewers:
        viewer.close()


def _aws_calls(servers: BenchServers) -> int:
    return sum(servers.sandbox_admin("calls", {})["calls"].values())


def _processor_seconds(servers: BenchServers) -> float:
    """Return the CPU time of the web server and its child processes."""
    return sum(int(fields[11]) + int(fields[12]) for fields in _processes(servers)) / os.sysconf("SC_CLK_TCK")


def _memory_mib(servers: BenchServers) -> float:
    """Return the resident memory of these processes; shared memory is counted for each of them."""
    return sum(int(fields[21]) for fields in _processes(servers)) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def _processes(servers: BenchServers) -> Iterator[list[str]]:
    """Yield /proc/<pid>/stat of each process in the process groups of the web server, from the third field on."""
    groups = {child.pid for name, child in servers.family.children.items() if name.startswith("web-")}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # the process has just ended
            continue
        if int(fields[2]) in groups:
            yield fields


def _speeds(
    name: str, results: PollResults, bare: PollResults | None = None, goal: float | None = None
) -> Iterator[Figure]:
    bound = bare.per_second if bare else None
    yield Figure(f"{name}: requests", results.per_second, "per s", goal, "least", bound)
    yield Figure(f"{name}: p50", results.milliseconds(0.5), "ms")
    yield Figure(f"{name}: p99", results.milliseconds(0.99), "ms")
    if results.errors:
        yield Figure(f"{name}: error responses", results.errors, "responses", 0)

"""What watching costs: polls of live sections beside a bare WSGI application on the same server, and many viewers."""

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
from ecsdash.bench.clicking import clicking
from ecsdash.bench.figures import Figure
from ecsdash.bench.stage import Stage, stage
from ecsdash.bench.viewers import Heard, Viewer, hammer, once, watch
from ecsdash.inventory import changes
from ecsdash.inventory.models import Account
from services.models import Service

SECTION: Final = f"/bench/{fleet.REGION}/services/?fragment=services"
CONNECTIONS: Final = 8  # as many as the server has threads
EVERY: Final = 2.0
ROUNDS: Final = 10  # changes
CHANGED: Final = 200  # viewers of the section that changes
TURNS: Final = 5
P99_GOAL: Final = 250  # milliseconds
MEMORY_GOAL: Final = 1.05  # times what it was


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--viewers", type=int, nargs="+", default=[10, 100, 1000], help="how many watch at a time")
    parser.add_argument("--seconds", type=float, default=60, help="how long they watch")
    parser.add_argument("--hammer", type=float, default=5, help="seconds of each measurement at full speed")
    parser.add_argument("--operations", type=int, default=0, help="how many somebody starts while the most watch")
    parser.add_argument("--change", type=float, default=5, help="seconds from one change of the section to the next")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    with stage() as servers:
        servers.sandbox("empty")
        servers.web()
        account = fleet.build()
        sessions = sign_in(max(*options["viewers"], CONNECTIONS))
        yield from _at_full_speed(servers, account, sessions, options["hammer"])
        *fewer, most = sorted(options["viewers"])
        for number in fewer:
            yield from _watching(servers, account, sessions[:number], options)
        if not options["operations"]:
            yield from _watching(servers, account, sessions[:most], options)
            return
        servers.worker()
        with clicking(servers, options["operations"], options["seconds"]) as clicks:
            yield from _watching(servers, account, sessions[:most], options, alone=False)
        yield Figure("operations started meanwhile", clicks.started, "operations")
        yield Figure("operations that succeeded", clicks.succeeded, "operations", options["operations"], "least")


def sign_in(number: int) -> list[str]:
    """The session keys of so many people who all may see the account."""
    team = Team.objects.create(name="watchers")
    Grant.objects.create(team=team, role=Role.VIEWER, account="bench")
    people = User.objects.bulk_create(User(username=f"viewer-{each}") for each in range(number))
    Membership.objects.bulk_create(Membership(user=person, team=team) for person in people)
    return [_session(person) for person in people]


def _session(person: User) -> str:
    kept = import_module(settings.SESSION_ENGINE).SessionStore()
    kept["_auth_user_id"] = str(person.pk)
    kept["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    kept["_auth_user_hash"] = person.get_session_auth_hash()
    kept.create()
    return str(kept.session_key)


def _at_full_speed(servers: Stage, account: Account, sessions: list[str], seconds: float) -> Iterator[Figure]:
    """By turns, so that whatever else the machine does slows all of them alike."""
    bare, django, unchanged = Heard(), Heard(), Heard()
    viewers = [Viewer(servers.web_port, SECTION, session) for session in sessions[:CONNECTIONS]]
    port = _bare(servers)
    barely = [Viewer(port, SECTION, session) for session in sessions[:CONNECTIONS]]
    for _ in range(TURNS):
        _settle(viewers)
        bare.also(hammer(barely, seconds / TURNS))
        unchanged.also(hammer(viewers, seconds / TURNS))
        django.also(_by_django(viewers, seconds / TURNS))
    yield from _speeds("bare WSGI application", bare)
    yield from _speeds("unchanged poll", unchanged, bare, goal=0.5)
    yield Figure("unchanged poll: answers with a body", unchanged.statuses.get(200, 0), "answers", 0)
    yield from _speeds("unchanged poll that Django answers", django, bare)
    yield from _speeds("changed section", _changed(servers, account, sessions[:CHANGED]), bare)
    for viewer in [*viewers, *barely]:
        viewer.close()


def _bare(servers: Stage) -> int:
    port = free_port()
    servers.start("bare", [*product.web(port)[:-1], "ecsdash.bench.bare:application"])
    wait_for_port(servers.family, "bare", port)
    return port


def _by_django(viewers: list[Viewer], seconds: float) -> Heard:
    """They name the version that they show and hold no pass."""
    for viewer in viewers:
        viewer.tag, viewer.keeps_tag = viewer.tag.partition(b"~")[0], True
    heard = hammer(viewers, seconds)
    for viewer in viewers:
        viewer.keeps_tag = False
    return heard


def _settle(viewers: list[Viewer]) -> None:
    """Until each holds a pass: a process gives them once it trusts its counters."""
    deadline = time.monotonic() + 30
    while any(b"~" not in viewer.tag for viewer in viewers):
        if time.monotonic() > deadline:
            raise RuntimeError("the server gives no passes")
        once(viewers)


def _changed(servers: Stage, account: Account, sessions: list[str]) -> Heard:
    """After each change everybody gets the new section once."""
    viewers = [Viewer(servers.web_port, SECTION, session) for session in sessions]
    _settle(viewers)
    heard = Heard()
    for _ in range(ROUNDS):
        _change(account)
        heard.also(once(viewers))
    for viewer in viewers:
        viewer.close()
    return heard


def _change(account: Account) -> None:
    """A service that everybody looks at has one more task, and the sweep says so."""
    first = Service.objects.filter(account=account).order_by("name")[:1].values("pk")
    Service.objects.filter(pk__in=first).update(running_count=F("running_count") + 1)
    changes.bump(account, fleet.REGION, "services")


def _watching(
    servers: Stage, account: Account, sessions: list[str], options: Mapping[str, Any], *, alone: bool = True
) -> Iterator[Figure]:
    """`alone`: nothing but watching goes on, so AWS is not called."""
    viewers = [Viewer(servers.web_port, SECTION, session) for session in sessions]
    _settle(viewers)
    calls, used, memory = _aws_calls(servers), _processor_seconds(servers), _memory_mib(servers)
    began = time.perf_counter()
    heard = watch(viewers, options["seconds"], EVERY, lambda: _change(account), options["change"])
    took = time.perf_counter() - began
    who = f"{len(sessions):,} viewers"
    yield Figure(f"{who}: polls", heard.per_second, "polls/s")
    yield Figure(f"{who}: p50", heard.milliseconds(0.5), "ms")
    yield Figure(f"{who}: p99", heard.milliseconds(0.99), "ms", P99_GOAL)
    yield Figure(f"{who}: answers that are errors", heard.wrong, "answers", 0)
    yield Figure(f"{who}: sections sent", heard.statuses.get(200, 0) / took, "per s")
    yield Figure(f"{who}: processor of the web server", (_processor_seconds(servers) - used) / took, "cores")
    yield Figure(f"{who}: memory of the web server", _memory_mib(servers), "MiB", MEMORY_GOAL, bound=memory)
    yield Figure(f"{who}: AWS calls", (_aws_calls(servers) - calls) / took, "calls/s", 0 if alone else None)
    for viewer in viewers:
        viewer.close()


def _aws_calls(servers: Stage) -> int:
    return sum(servers.sandbox_door("calls", {})["calls"].values())


def _processor_seconds(servers: Stage) -> float:
    """Of the web server and the processes that it started."""
    return sum(int(fields[11]) + int(fields[12]) for fields in _processes(servers)) / os.sysconf("SC_CLK_TCK")


def _memory_mib(servers: Stage) -> float:
    """What all of them hold; what they share is counted for each."""
    return sum(int(fields[21]) for fields in _processes(servers)) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def _processes(servers: Stage) -> Iterator[list[str]]:
    """/proc/<pid>/stat of the web server's process group, from the third field on."""
    group = servers.family.children["web"].pid
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) == group:
            yield fields


def _speeds(name: str, heard: Heard, bare: Heard | None = None, goal: float | None = None) -> Iterator[Figure]:
    bound = bare.per_second if bare else None
    yield Figure(f"{name}: requests", heard.per_second, "per s", goal, "least", bound)
    yield Figure(f"{name}: p50", heard.milliseconds(0.5), "ms")
    yield Figure(f"{name}: p99", heard.milliseconds(0.99), "ms")
    if heard.wrong:
        yield Figure(f"{name}: answers that are errors", heard.wrong, "answers", 0)

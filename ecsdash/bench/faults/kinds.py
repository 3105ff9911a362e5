"""The faults. Each is a function that causes it, waits, and ends it. It returns what it measured: seconds until
something happened, such as the end of a process after SIGTERM."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from ecsdash.bench.faults.installation import Installation

Took = dict[str, float]
Cause = Callable[[Installation], Took]


@dataclass(frozen=True)
class Fault:
    """`web_ends`: the web server itself is away for a while. `minutes`: the fault is left out of shorter runs."""

    name: str
    cause: Cause
    web_ends: bool = False
    minutes: float = 0.0


def without_database(seconds: float, on: Installation) -> Took:
    with on.without_database():
        time.sleep(seconds)
    return {}


def cut_connections(on: Installation) -> Took:
    for _ in range(3):
        on.cut_connections()
        time.sleep(0.3)
    return {}


def without_broker(seconds: float, on: Installation) -> Took:
    with on.without_broker():
        time.sleep(seconds)
    return {}


def stopped(name: str, seconds: float, on: Installation) -> Took:
    with on.stopped(name):
        time.sleep(seconds)
    return {}


def stale_worker(on: Installation) -> Took:
    """It is stopped until its lease has passed, and wakes up in the middle of what another worker does now."""
    return stopped("worker-1", on.lease_seconds + 2, on)


def worker_killed(on: Installation) -> Took:
    on.kill_worker("worker-1")
    time.sleep(1)
    on.start_process("worker-1")
    return {}


def workers_killed(times: int, on: Installation) -> Took:
    """One of the workers is killed at a random moment, again and again; each is started again at once."""
    for number in range(times):
        time.sleep(random.uniform(0, 3))  # noqa: S311 no secret
        name = f"worker-{number % 2 + 1}"
        on.kill_worker(name)
        on.start_process(name)
    return {}


def server_process_killed(on: Installation) -> Took:
    """The process that answers requests is killed; its parent starts another."""
    on.kill_server_process()
    on.wait_for_web()
    return {}


def terminated(name: str, on: Installation) -> Took:
    took = {f"{name} ended": on.terminate(name)}
    on.start_process(name)
    return took


def leader_killed(kind: str, on: Installation) -> Took:
    """Of two processes of a kind, the one that leads is killed, and later started again."""
    on.wait_for_leader(kind)
    leader = on.leader(kind)
    on.kill(leader)
    took = {"the other led": on.wait_for_leader(kind, other_than=leader)}
    on.start_process(leader)
    return took


def one_of_each_terminated(on: Installation) -> Took:
    """The last fault of a run: only the web server is started again, and one worker is left."""
    names = ("web", "worker-1", "beat-1", "events-1")
    took = {f"{name} ended": on.terminate(name) for name in names}
    on.start_process("web")
    return took


def at_aws(name: str, rate: float, seconds: float, on: Installation) -> Took:
    """A fault of the simulated AWS: its answers are lost, late, or refused."""
    on.servers.sandbox_admin("faults", {"name": name, "on": True, "rate": rate})
    time.sleep(seconds)
    on.servers.sandbox_admin("faults", {"name": name, "on": False})
    return {}


FAULTS: Final = (
    Fault("worker killed", worker_killed),
    Fault("workers killed 20 times", partial(workers_killed, 20), minutes=5),
    Fault("database restarted", partial(without_database, 0.0)),
    Fault("database away for 10 s", partial(without_database, 10.0)),
    Fault("database away for 2 min", partial(without_database, 120.0), minutes=10),
    Fault("connections cut", cut_connections),
    Fault("broker killed, back empty", partial(without_broker, 3.0)),
    Fault("Redis hangs for 10 s", partial(stopped, "valkey", 10.0)),
    Fault("worker hangs past its lease", stale_worker),
    Fault("beat hangs for 20 s", partial(stopped, "beat-1", 20.0), minutes=5),
    Fault("leading beat killed", partial(leader_killed, "beat")),
    Fault("leading reader of events killed", partial(leader_killed, "events")),
    Fault("server process killed", server_process_killed, web_ends=True),
    Fault("SIGTERM of a worker", partial(terminated, "worker-1")),
    Fault("SIGTERM of beat", partial(terminated, "beat-1")),
    Fault("SIGTERM of the reader of events", partial(terminated, "events-1")),
    Fault("SIGTERM of the web server", partial(terminated, "web"), web_ends=True),
    Fault("answers lost", partial(at_aws, "answers-lost", 0.5, 4.0)),
    Fault("answers garbled", partial(at_aws, "answers-garbled", 0.3, 6.0)),
    Fault("calls throttled", partial(at_aws, "api-throttling", 0.9, 10.0), minutes=5),
)
#: What `make test` runs: one of each sort, as short as it can be.
SHORT: Final = (
    Fault("worker killed", worker_killed),
    Fault("database away for 2 s", partial(without_database, 2.0)),
    Fault("connections cut", cut_connections),
    Fault("broker killed, back empty", partial(without_broker, 1.0)),
    Fault("Redis hangs for 3 s", partial(stopped, "valkey", 3.0)),
    Fault("worker hangs past its lease", stale_worker),
    Fault("server process killed", server_process_killed, web_ends=True),
    Fault("SIGTERM of every process", one_of_each_terminated, web_ends=True),
)

"""Run faults, each while the same operations are in progress, and say how that ended."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from ecsdash.bench.bench_user import BenchUser
from ecsdash.bench.faults.kinds import FAULTS, Fault
from ecsdash.bench.faults.pages import Pages
from ecsdash.bench.faults.targets import CLUSTER
from ecsdash.bench.faults.workload import ACTIVE, REGION, Seen, Workload

PAGE: Final = f"/bench/{REGION}/services/?cluster={CLUSTER}"
END_SECONDS: Final = 120.0


@dataclass(frozen=True)
class Outcome:
    """How one fault ended. `interrupted`: operations that a worker was working on when it was killed. `lost` and
    `doubled` are effects at AWS; `resumed`: seconds from the end of the fault until every operation in progress was
    worked on again, `first_page` until a page was there."""

    fault: str
    tried: int
    in_progress: int
    kills: int
    interrupted: int
    succeeded: int
    errored: int
    lost: int
    doubled: int
    resumed: float
    unhealthy: int
    slowest_page: float
    first_page: float
    took: dict[str, float]
    note: str

    def line(self) -> str:
        took = [f"{what} after {seconds:.1f} s" for what, seconds in self.took.items()]
        kills = f"{self.kills} kills, {self.interrupted} operations interrupted" if self.kills else ""
        more = "; ".join(filter(None, [kills, *took, self.note]))
        return (
            f"{self.fault:32} tried {self.tried:3}, in progress {self.in_progress:3}, succeeded {self.succeeded:3}, "
            f"errored {self.errored}, lost {self.lost}, doubled {self.doubled}, resumed within {self.resumed:4.1f} s | "
            f"healthz failed {self.unhealthy}, slowest page {self.slowest_page:.2f} s, "
            f"first page after {self.first_page:.2f} s{f' | {more}' if more else ''}"
        )

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def chosen(minutes: float, only: str) -> Iterator[Fault]:
    """Yield the faults that fit, or whose name contains `only`, until the time is over; each at least once."""
    deadline = time.monotonic() + 60 * minutes
    fitting = [each for each in FAULTS if (only in each.name if only else each.minutes <= minutes)]
    yield from fitting
    while time.monotonic() < deadline:
        yield random.choice(fitting)  # noqa: S311 no secret


def run_fault(workload: Workload, fault: Fault) -> Outcome:
    on = workload.installation
    operations = workload.start()
    time.sleep(random.uniform(0, 0.5))  # noqa: S311 no secret
    user = BenchUser(on.servers)
    with Pages(on.servers.web_port, PAGE, user.cookies).requested() as pages:
        before = workload.seen(operations) or {}
        kills, interrupted = on.kills, on.interrupted
        took = fault.cause(on)
        over = time.monotonic()
        resumed = _wait_for_all(workload, operations, over)
        first_page = pages.first_good(over, END_SECONDS)
    on.check()
    states = workload.seen(operations) or {}
    lost, doubled = workload.effects()
    ends = [each.state for each in states.values()]
    return Outcome(
        fault=fault.name,
        tried=len(operations),
        in_progress=sum(each.state in ACTIVE for each in before.values()),
        kills=on.kills - kills,
        interrupted=on.interrupted - interrupted,
        succeeded=ends.count("succeeded"),
        errored=ends.count("errored"),
        lost=lost,
        doubled=doubled,
        resumed=resumed,
        unhealthy=0 if fault.web_ends else pages.unhealthy,
        slowest_page=0.0 if fault.web_ends else pages.slowest,
        first_page=first_page,
        took=took,
        note="; ".join(_errors(states)),
    )


def _wait_for_all(workload: Workload, operations: Sequence[str], over: float) -> float:
    """Wait for the end of all operations. Return when the last one was worked on again, in seconds after `over`."""
    first: dict[str, Seen] = {}
    resumed: dict[str, float] = {}
    deadline = over + END_SECONDS
    while time.monotonic() < deadline:
        now = workload.seen(list(operations)) or {}
        for pk, seen in now.items():
            before = first.setdefault(pk, seen)
            if pk not in resumed and (seen.state not in ACTIVE or seen.fence > before.fence):
                resumed[pk] = time.monotonic() - over
        if now and all(each.state not in ACTIVE for each in now.values()):
            return max(resumed.values())
        time.sleep(0.1)
    return float("inf")


def _errors(states: dict[str, Seen]) -> list[str]:
    return sorted({f"{each.state}: {each.error}" for each in states.values() if each.state != "succeeded"})

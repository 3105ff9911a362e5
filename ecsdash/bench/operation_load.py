"""Load by operations: a thread that creates one cluster after the other in a separate account."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ecsdash.bench.bench_user import BenchUser
from ecsdash.bench.fleet import REGION
from ecsdash.bench.servers import BenchServers, wait_until
from ecsdash.inventory.models import Account
from ecsdash.operations.models import Operation
from ecsdash.operations.states import ACTIVE, OperationState

ALIAS = "work"
EMPTY_FORMSETS = {f"{name}-{form}_FORMS": "0" for name in ("tags", "strategy") for form in ("TOTAL", "INITIAL")}
END_SECONDS = 60


@dataclass
class StartedOperations:
    """The number of operations started. `errors` has the exception that stopped the thread early, if any."""

    number: int = 0
    errors: list[Exception] = field(default_factory=list)

    @property
    def succeeded(self) -> int:
        return Operation.objects.filter(account__alias=ALIAS, state=OperationState.SUCCEEDED).count()


@contextmanager
def starting_operations(servers: BenchServers, number: int, seconds: float) -> Iterator[StartedOperations]:
    """Start `number` operations, spread evenly over `seconds`. At the end of the block, wait until all have ended."""
    account = {"name": "Work", "account_id": "210987654321", "regions": [REGION]}
    Account.objects.get_or_create(alias=ALIAS, defaults=account)
    user, started, stop = BenchUser(servers), StartedOperations(), threading.Event()
    pause = seconds / (number + 1)

    def start_operations() -> None:
        try:
            while started.number < number and not stop.wait(pause):
                form = {"name": f"cluster-{started.number}", "template": "fargate", "container_insights": "disabled"}
                review = user.post(f"/{ALIAS}/{REGION}/clusters/new/", {**form, **EMPTY_FORMSETS})
                user.post(f"{review}confirm/", {})
                started.number += 1
        except Exception as error:  # raised again at the end of the block
            started.errors.append(error)

    thread = threading.Thread(target=start_operations)
    thread.start()
    try:
        yield started
    finally:
        stop.set()
        thread.join()
    if started.errors:
        raise started.errors[0]
    wait_until(lambda: not Operation.objects.filter(account__alias=ALIAS, state__in=ACTIVE).exists(), END_SECONDS)

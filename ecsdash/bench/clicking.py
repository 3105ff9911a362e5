"""Somebody who starts one operation after the other while others watch: clusters in an account of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ecsdash.bench.fleet import REGION
from ecsdash.bench.person import Person
from ecsdash.bench.stage import Stage, until
from ecsdash.inventory.models import Account
from ecsdash.operations.models import Operation
from ecsdash.operations.states import ACTIVE, OperationState

ALIAS = "work"
NO_ROWS = {f"{name}-{form}_FORMS": "0" for name in ("tags", "strategy") for form in ("TOTAL", "INITIAL")}
END_SECONDS = 60


@dataclass
class Clicks:
    """What was started; `broken` is why it stopped early."""

    started: int = 0
    broken: list[Exception] = field(default_factory=list)

    @property
    def succeeded(self) -> int:
        return Operation.objects.filter(account__alias=ALIAS, state=OperationState.SUCCEEDED).count()


@contextmanager
def clicking(servers: Stage, number: int, seconds: float) -> Iterator[Clicks]:
    """So many operations, spread over the seconds; the block's end waits for theirs."""
    account = {"name": "Work", "account_id": "210987654321", "regions": [REGION]}
    Account.objects.get_or_create(alias=ALIAS, defaults=account)
    person, clicks, over = Person(servers), Clicks(), threading.Event()
    pause = seconds / (number + 1)

    def click() -> None:
        try:
            while clicks.started < number and not over.wait(pause):
                form = {"name": f"cluster-{clicks.started}", "template": "fargate", "container_insights": "disabled"}
                review = person.post(f"/{ALIAS}/{REGION}/clusters/new/", {**form, **NO_ROWS})
                person.post(f"{review}confirm/", {})
                clicks.started += 1
        except Exception as error:  # told with the figures
            clicks.broken.append(error)

    thread = threading.Thread(target=click)
    thread.start()
    try:
        yield clicks
    finally:
        over.set()
        thread.join()
    if clicks.broken:
        raise clicks.broken[0]
    until(lambda: not Operation.objects.filter(account__alias=ALIAS, state__in=ACTIVE).exists(), END_SECONDS)

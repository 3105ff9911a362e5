"""A simulated AWS with its inventory, prepared once by each test process and restored for every further test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from tests.processes import Sandbox

APPS: Final = ("inventory", "external_changes", "clusters", "services", "example")
#: Columns with times of the real clock, not of the simulated one. Restored rows are as fresh as swept ones.
REAL_TIMES: Final = ("observed_at", "completed_at")


@dataclass
class Prepared:
    """The rows of an inventory: model -> the values of its rows."""

    rows: dict[type[models.Model], list[dict[str, Any]]]
    at: datetime = field(default_factory=timezone.now)

    def restore(self, account: Account) -> None:
        """Create the rows again, for another row of the same account."""
        later = timezone.now() - self.at
        with transaction.atomic():
            for model, rows in self.rows.items():
                model._default_manager.bulk_create([model(**_moved(row, account, later)) for row in rows])


def _moved(row: dict[str, Any], account: Account, later: timedelta) -> dict[str, Any]:
    times = {name: row[name] + later for name in REAL_TIMES if row.get(name)}
    return {**row, **times, **({"account_id": account.pk} if "account_id" in row else {})}


_prepared: dict[tuple[str, str], Prepared] = {}


def prepare(name: str, scope: Scope, sandbox: Sandbox, build: Callable[[], None]) -> None:
    """Call `build`, which fills an empty simulated AWS and sweeps it, or restore what its first call left."""
    key = (sandbox.url, name)
    if key in _prepared:
        sandbox.restore(name)
        _prepared[key].restore(scope.account)
        return
    build()
    sandbox.save(name)
    _prepared[key] = Prepared({model: list(model._default_manager.values()) for model in _filled()})


def _filled() -> Iterator[type[models.Model]]:
    """Yield the models of the inventory that have rows."""
    for model in apps.get_models():
        if model._meta.app_label in APPS and model is not Account and model._default_manager.exists():
            yield model

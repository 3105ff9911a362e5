"""Log searches of pages: found by what the address of the page asks for."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from ecsdash.inventory.scope import Scope
from services.models import LogSearch
from services.sync.log_sources import Selection


@dataclass(frozen=True)
class Wanted:
    """What a page shows. `back` are seconds before now at which a search begins that has no first time."""

    scope: Scope
    selection: Selection
    start: int
    end: int | None
    back: int

    @classmethod
    def between(
        cls, scope: Scope, selection: Selection, since: datetime, until: datetime | None, back: int
    ) -> "Wanted":
        end = None if until is None else round(until.timestamp() * 1000)
        return cls(scope, selection, round(since.timestamp() * 1000), end, back)

    @property
    def since(self) -> datetime:
        return datetime.fromtimestamp(self.start / 1000, UTC)

    @property
    def key(self) -> str:
        """The same for everybody who opens the same address."""
        times: list[Any] = [self.back] if self.back else [self.start, self.end]
        parts = [self.scope.account.pk, self.scope.region, self.selection.as_json(), times]
        return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def stored(self) -> LogSearch | None:
        return LogSearch.objects.filter(key=self.key).first()

    def as_job(self) -> dict[str, Any]:
        """Return the arguments of the job that reads it."""
        return {
            "key": self.key, "account": self.scope.account.pk, "region": self.scope.region,
            "selection": self.selection.as_json(), "start": self.start, "end": self.end,
        }  # fmt: skip

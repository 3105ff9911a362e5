"""The items of a plan for several resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecsdash.operations.plan import Prediction


@dataclass(frozen=True)
class Item:
    """One of several resources of a plan, with a result of its own: its steps, which name it, succeed or fail without
    those of other items. `cluster` and `service` are the place whose permission decides on its calls."""

    name: str
    resource_key: str
    cluster: str = ""
    service: str = ""
    prediction: Prediction | None = None

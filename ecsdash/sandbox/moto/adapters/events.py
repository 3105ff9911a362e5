from collections.abc import Sequence
from typing import Any

from ecsdash.sandbox.moto.event_delivery import EventDelivery
from ecsdash.sandbox.scope import Scope


class EventAdapter:
    event_delivery: EventDelivery

    def emit_event(self, scope: Scope, detail_type: str, resources: Sequence[str], detail: dict[str, Any]) -> None:
        self.event_delivery.send(scope, detail_type, resources, detail)

import json
from collections.abc import Sequence
from typing import Any

from moto.events.models import events_backends

from ecsdash.sandbox.moto_models.present import present
from ecsdash.sandbox.ports import Scope


class EventLinks:
    def emit_event(self, scope: Scope, detail_type: str, resources: Sequence[str], detail: dict[str, Any]) -> None:
        """Straight to the rules of the default event bus."""
        backend = events_backends[scope.account][scope.region]
        if not backend.describe_event_bus("default").rules:
            return
        event = {
            "Source": "aws.ecs",
            "DetailType": detail_type,
            "Time": present.now(),
            "Resources": list(resources),
            "Detail": json.dumps(detail),
        }
        backend.put_events([event])

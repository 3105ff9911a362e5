from collections.abc import Sequence
from typing import Any

from ecsdash.sandbox.ecs.aws_services import Scope
from ecsdash.sandbox.moto.event_delivery import Post


class EventLinks:
    post: Post

    def emit_event(self, scope: Scope, detail_type: str, resources: Sequence[str], detail: dict[str, Any]) -> None:
        self.post.send(scope, detail_type, resources, detail)

"""One API call on its way through a handler, and helpers that all handlers share."""

from collections.abc import Callable
from dataclasses import dataclass

from ecsdash.sandbox.ecs import quotas
from ecsdash.sandbox.ecs.errors import invalid
from ecsdash.sandbox.ecs.models import Cluster, Json, Region
from ecsdash.sandbox.ecs.state import EcsState, active_cluster
from ecsdash.sandbox.scope import Scope


@dataclass(frozen=True)
class Call:
    state: EcsState
    scope: Scope
    caller: str

    @property
    def region(self) -> Region:
        return self.state.region(self.scope)

    @property
    def now(self) -> float:
        return self.state.now

    def arn(self, path: str) -> str:
        return self.scope.arn(path)

    def cluster(self, params: Json) -> Cluster:
        return active_cluster(self.state, self.scope, params.get("cluster"))


Handler = Callable[[Call, Json], Json]


def tags_from(params: Json) -> dict[str, str]:
    tags = {tag["key"]: tag.get("value", "") for tag in params.get("tags", []) if tag.get("key")}
    if len(tags) != len(params.get("tags", [])):
        raise invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    quotas.check_tags(len(tags))
    for key in tags:
        if key.lower().startswith("aws:"):
            raise invalid("Tag keys cannot start with the reserved prefix aws:.")
    return tags


def tag_list(tags: dict[str, str]) -> list[Json]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def missing(resource_arn: str) -> Json:
    return {"arn": resource_arn, "reason": "MISSING"}


def compact(values: Json) -> Json:
    """Return only the members that are set, like AWS."""
    return {key: value for key, value in values.items() if value is not None and value != ""}

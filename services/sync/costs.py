"""Estimated costs of services, from the task definitions and container instances in the inventory."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clusters.models import ContainerInstance
from clusters.selectors.instance_prices import InstanceCosts, instance_costs
from ecsdash.inventory.scope import Scope
from services.documents.task_prices import FARGATE, SPOT, definition_cost, reservation_of
from services.models import TaskDefinition

#: Members of a task definition that its price depends on.
PRICED = ("cpu", "memory", "runtimePlatform", "ephemeralStorage", "containerDefinitions")


class ServiceCosts:
    """The cost columns of services that are being stored."""

    def __init__(self, scope: Scope, described: Sequence[Mapping[str, Any]]) -> None:
        self.scope = scope
        self._definitions = _definitions({each.get("taskDefinition", "") for each in described})
        on_instances = {_cluster(each) for each in described if not on_fargate(capacity_of(each))}
        self._instances = self._costs_of(on_instances) if on_instances else {}

    def columns(self, service: Mapping[str, Any]) -> dict[str, float | None]:
        """Return the cost of one task and of all desired ones; None while the inventory knows too little."""
        each = self._task_cost(service)
        number = service.get("desiredCount", 0)
        return {"task_cost": each, "monthly_cost": None if each is None else round(each * number, 2)}

    def _task_cost(self, service: Mapping[str, Any]) -> float | None:
        definition = self._definitions.get(service.get("taskDefinition", ""))
        capacity = capacity_of(service)
        if definition is None or capacity == "EXTERNAL":
            return None
        if on_fargate(capacity):
            return definition_cost(self.scope.region, definition, spot=capacity == SPOT).amount
        costs, reserved = self._instances.get(_cluster(service)), reservation_of(definition)
        share = costs.share(reserved.cpu, reserved.memory) if costs else None
        return None if share is None else round(share, 2)

    def _costs_of(self, clusters: set[str]) -> dict[str, InstanceCosts]:
        rows = ContainerInstance.objects.in_scope(self.scope.account, self.scope.region).present()
        return instance_costs(rows.filter(cluster_name__in=clusters))


def capacity_of(service: Mapping[str, Any]) -> str:
    """Return the launch type, or the capacity providers that replace it."""
    strategy = service.get("capacityProviderStrategy", [])
    return ", ".join(item["capacityProvider"] for item in strategy) or service.get("launchType", "")


def on_fargate(capacity: str) -> bool:
    return capacity.startswith(FARGATE)


def _cluster(service: Mapping[str, Any]) -> str:
    return str(service["clusterArn"]).rsplit("/", 1)[-1]


def _definitions(arns: Iterable[str]) -> dict[str, dict[str, Any]]:
    columns = [f"description__{name}" for name in PRICED]
    rows = TaskDefinition.objects.filter(arn__in=arns).values_list("arn", *columns)
    return {arn: dict(zip(PRICED, values, strict=True)) for arn, *values in rows}

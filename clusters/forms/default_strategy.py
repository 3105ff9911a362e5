"""The form fields that put a new capacity provider into the default strategy of its cluster."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from django import forms

from ecsdash.operations.actions import ActionForm

Json = dict[str, Any]
KEEP, ADD, ONLY = "keep", "add", "only"
STRATEGIES: Final = {
    KEEP: "Do not change it",
    ADD: "Add the capacity provider",
    ONLY: "Use this capacity provider only",
}


class DefaultStrategyFields(ActionForm):
    """Form of an action on a cluster. `not_mixed_with` says which other capacity providers a strategy cannot have
    beside the new one, and why."""

    strategy = forms.ChoiceField(label="Default strategy of the cluster", choices=list(STRATEGIES.items()))
    strategy_base = forms.IntegerField(label="Base", min_value=0, max_value=100000, initial=0)
    strategy_weight = forms.IntegerField(label="Weight", min_value=1, max_value=1000, initial=1)

    def not_mixed_with(self) -> tuple[Collection[str], str]:
        raise NotImplementedError

    def check_strategy(self, data: Mapping[str, Any]) -> None:
        items = default_items(self.context.resource)
        others, why = self.not_mixed_with()
        if data.get("strategy") == ADD and any(item["capacityProvider"] in others for item in items):
            self.add_error("strategy", why)
        if data.get("strategy") == ADD and data.get("strategy_base") and any(item.get("base") for item in items):
            self.add_error("strategy_base", "Another line of the default strategy has a base. Enter 0.")


def default_items(cluster: Any) -> list[Json]:
    """Return the lines of the cluster's default strategy, as ECS describes them."""
    items: list[Json] = cluster.description.get("defaultCapacityProviderStrategy", [])
    return items


def strategy_with(cluster: Any, name: str, data: Mapping[str, Any]) -> list[Json]:
    """Return the default strategy that the form wants, with the new capacity provider `name`."""
    present = default_items(cluster)
    if data["strategy"] == KEEP:
        return present
    line = {"capacityProvider": name, "weight": data["strategy_weight"], "base": data["strategy_base"]}
    return [*present, line] if data["strategy"] == ADD else [line]

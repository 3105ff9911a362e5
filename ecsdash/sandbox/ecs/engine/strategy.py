"""How a capacity provider strategy spreads tasks: bases first, then by weight."""

from collections import Counter

from ecsdash.sandbox.ecs.models import Json


def next_provider(strategy: list[Json], running: Counter[str]) -> str:
    """The provider for one more task, given how many tasks each already has."""
    for item in strategy:
        if running[item["capacityProvider"]] < item.get("base", 0):
            return str(item["capacityProvider"])
    weighted = [item for item in strategy if item.get("weight", 0) > 0]

    def fullness(item: Json) -> float:
        beyond_base = max(0, running[item["capacityProvider"]] - item.get("base", 0))
        return float((beyond_base + 1) / item["weight"])

    return str(min(weighted, key=fullness)["capacityProvider"])

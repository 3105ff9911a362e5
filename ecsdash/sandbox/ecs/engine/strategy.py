"""Distribution of tasks by a capacity provider strategy: bases first, then weights."""

from collections import Counter

from ecsdash.sandbox.ecs.models import Json


def next_provider(strategy: list[Json], running: Counter[str]) -> str:
    """Return the provider of the next task, given the number of tasks of each."""
    for item in strategy:
        if running[item["capacityProvider"]] < item.get("base", 0):
            return str(item["capacityProvider"])
    weighted = [item for item in strategy if item.get("weight", 0) > 0]

    def fullness(item: Json) -> float:
        beyond_base = max(0, running[item["capacityProvider"]] - item.get("base", 0))
        return float((beyond_base + 1) / item["weight"])

    return str(min(weighted, key=fullness)["capacityProvider"])

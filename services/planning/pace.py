"""How a rolling deployment may replace tasks: the numbers that its percentages leave."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Pace:
    """The tasks that a deployment starts in all, and how many run at least and at most meanwhile."""

    wanted: int
    fewest: int
    most: int

    @classmethod
    def of(cls, document: Mapping[str, Any], running: int) -> "Pace":
        """Return that of a deployment of the service's document while tasks are `running`."""
        wanted = document.get("desiredCount", 0)
        configuration = document.get("deploymentConfiguration", {})
        if configuration.get("strategy", "ROLLING") != "ROLLING":
            return cls(wanted, running, running + wanted)
        minimum, maximum = configuration.get("minimumHealthyPercent", 100), configuration.get("maximumPercent", 200)
        return cls(wanted, math.ceil(wanted * minimum / 100), math.floor(wanted * maximum / 100))

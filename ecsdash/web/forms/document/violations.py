"""What rules find in a document, before it has a level."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

LONGEST_NAME: Final = 60


@dataclass(frozen=True)
class Violation:
    """What a rule finds at the place `pointer`. `what` has no full stop; `why` and `how` are sentences."""

    pointer: str
    what: str
    why: str = ""
    how: str = ""


def listed(values: Collection[Any], most: int = 12) -> str:
    """Return values for a message: the first ones, separated by commas."""
    texts = [str(value)[:LONGEST_NAME] for value in islice(values, most)]
    return ", ".join(texts) + (f" and {len(values) - most} more" if len(values) > most else "")

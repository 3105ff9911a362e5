"""What a click may do at once. More than that is reviewed everywhere."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class AtOnce:
    """What a click may do without a review: so many tasks or instances, or more up to this share of those present; and
    this much more a month (USD)."""

    number: int = 5
    most: int = 20
    share: float = 0.5
    monthly: float = 200.0

    def __str__(self) -> str:
        return (
            f"more than {self.number} tasks or instances and {self.share:.0%} of those present, more than {self.most}, "
            f"or more than {self.monthly:.0f} USD a month"
        )


AT_ONCE: Final = AtOnce()


@dataclass(frozen=True)
class Moved:
    """The number of tasks or instances before and after."""

    before: int
    after: int

    @property
    def large(self) -> bool:
        """Return whether it is more than a click may move."""
        moved = abs(self.after - self.before)
        return moved > AT_ONCE.most or (moved > AT_ONCE.number and moved > self.before * AT_ONCE.share)

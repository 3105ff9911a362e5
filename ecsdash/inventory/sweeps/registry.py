"""The function that sweeps each noun. Apps register theirs in the modules of their package `sync`."""

from collections.abc import Callable
from dataclasses import dataclass

from ecsdash.inventory.scope import Scope

SweepFunction = Callable[[Scope], None]


@dataclass(frozen=True)
class Sweeper:
    """`choice` marks nouns that only forms offer (subnets, key pairs ...): they are swept slowly. `seconds` is the
    entry of SWEEP_SECONDS with an interval of its own, which nothing shortens or lengthens."""

    noun: str
    sweep: SweepFunction
    choice: bool
    seconds: str = ""


SWEEPERS: dict[str, Sweeper] = {}


def sweeper(noun: str, *, choice: bool = False, seconds: str = "") -> Callable[[SweepFunction], SweepFunction]:
    """Register the function that brings a noun's rows of one scope up to date."""

    def register(function: SweepFunction) -> SweepFunction:
        SWEEPERS[noun] = Sweeper(noun, function, choice, seconds)
        return function

    return register

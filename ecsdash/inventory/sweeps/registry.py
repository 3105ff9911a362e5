"""The functions that sweep each noun, and refresh single rows. Apps register theirs in the modules of their package
`sync`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ecsdash.inventory.scope import Scope

SweepFunction = Callable[[Scope], None]
#: Describes the resources with these ARNs again, or more of their noun where that costs no more.
RefreshFunction = Callable[[Scope, Sequence[str]], None]


@dataclass(frozen=True)
class Sweeper:
    """`choice` marks nouns that only forms offer (subnets, key pairs ...): they are swept slowly. `seconds` is the
    entry of SWEEP_SECONDS with an interval of its own, which nothing shortens or lengthens."""

    noun: str
    sweep: SweepFunction
    choice: bool
    seconds: str = ""


SWEEPERS: dict[str, Sweeper] = {}
REFRESHERS: dict[str, RefreshFunction] = {}


def sweeper(noun: str, *, choice: bool = False, seconds: str = "") -> Callable[[SweepFunction], SweepFunction]:
    """Register the function that brings a noun's rows of one scope up to date."""

    def register(function: SweepFunction) -> SweepFunction:
        SWEEPERS[noun] = Sweeper(noun, function, choice, seconds)
        return function

    return register


def refresher(noun: str) -> Callable[[RefreshFunction], RefreshFunction]:
    """Register the function that brings single rows of a noun up to date."""

    def register(function: RefreshFunction) -> RefreshFunction:
        REFRESHERS[noun] = function
        return function

    return register

"""What plans name and the runner looks up: conditions, look-ups, adjustments, readers of live state, live checks.

Each is a function registered under its own name by the app that knows the noun:

    @condition
    def cluster_active(aws: Aws, cluster: str) -> Progress: ...

A **condition** answers how far a wait has come. A **look-up** answers what the step's call would have answered, when
its effect is there already, else None; it is handed the call's parameters and the step's id. An **adjustment** is
handed parameters that AWS refused because of what others did meanwhile, and answers those to try instead. A **reader**
answers the present values that an Observation compares, None when the thing does not exist. A **live check** answers a
Check.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ecsdash.aws.calls import Aws
from ecsdash.operations.plan import Check


@dataclass(frozen=True)
class Progress:
    """How far a wait is: `done` of `total`, in words; `finished` when it ended well, `failed` says why not."""

    done: int = 0
    total: int = 1
    message: str = ""
    finished: bool = False
    failed: str = ""


ConditionFunction = Callable[..., Progress]
LookupFunction = Callable[[Aws, dict[str, Any], str], dict[str, Any] | None]
AdjustmentFunction = Callable[[Aws, dict[str, Any]], dict[str, Any]]
ReaderFunction = Callable[..., dict[str, Any] | None]
LiveCheckFunction = Callable[..., Check]
Function = TypeVar("Function", bound=Callable[..., Any])

CONDITIONS: dict[str, ConditionFunction] = {}
LOOKUPS: dict[str, LookupFunction] = {}
ADJUSTMENTS: dict[str, AdjustmentFunction] = {}
READERS: dict[str, ReaderFunction] = {}
LIVE_CHECKS: dict[str, LiveCheckFunction] = {}


def condition(function: Function) -> Function:
    return _register(CONDITIONS, function)


def lookup(function: Function) -> Function:
    return _register(LOOKUPS, function)


def adjustment(function: Function) -> Function:
    return _register(ADJUSTMENTS, function)


def reader(function: Function) -> Function:
    return _register(READERS, function)


def live_check(function: Function) -> Function:
    return _register(LIVE_CHECKS, function)


def _register(table: dict[str, Any], function: Function) -> Function:
    name = function.__name__
    if name in table:
        raise ValueError(f"{name} is registered twice")
    table[name] = function
    return function

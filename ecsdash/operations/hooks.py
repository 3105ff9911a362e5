"""Functions that plans name and the runner calls: conditions, look-ups, adjustments, readers, live checks.

Each is registered under its own name by the app that knows the noun:

    @condition
    def cluster_active(aws: Aws, cluster: str) -> Progress: ...

A **condition** returns the progress of a wait. A **look-up** gets the call's parameters and the step's id, and returns
what the call would have returned when its effect exists already, None otherwise. An **adjustment** gets parameters that
AWS refused because something changed meanwhile, and returns those to try instead. A **reader** returns the present
values that an Observation compares, None when the resource does not exist. A **live check** returns a Check. A
**double finder** gets the call's parameters, the step's id and the result that is kept, and returns the parameters of
the calls that take back what else the step has created.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import Unavailable
from ecsdash.operations.plan import Check


@dataclass(frozen=True)
class Progress:
    """Progress of a wait: `done` of `total`, a message; `finished` when it succeeded, `failed` says why it cannot.

    `seconds`: when to check again; None: soon.
    """

    done: int = 0
    total: int = 1
    message: str = ""
    finished: bool = False
    failed: str = ""
    seconds: float | None = None


ConditionFunction = Callable[..., Progress]
LookupFunction = Callable[[Aws, dict[str, Any], str], dict[str, Any] | None]
AdjustmentFunction = Callable[[Aws, dict[str, Any]], dict[str, Any]]
ReaderFunction = Callable[..., dict[str, Any] | None]
LiveCheckFunction = Callable[..., Check]
DoubleFunction = Callable[[Aws, dict[str, Any], str, dict[str, Any]], list[dict[str, Any]]]
Function = TypeVar("Function", bound=Callable[..., Any])
Result = TypeVar("Result")
log = structlog.get_logger(__name__)

CONDITIONS: dict[str, ConditionFunction] = {}
LOOKUPS: dict[str, LookupFunction] = {}
ADJUSTMENTS: dict[str, AdjustmentFunction] = {}
READERS: dict[str, ReaderFunction] = {}
LIVE_CHECKS: dict[str, LiveCheckFunction] = {}
DOUBLES: dict[str, DoubleFunction] = {}


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


def double_finder(function: Function) -> Function:
    return _register(DOUBLES, function)


def read(function: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
    """Call a registered function. Raise Unavailable where it cannot read what AWS answered: to be asked again."""
    try:
        return function(*arguments, **named)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        log.exception("answer_not_readable", hook=function.__name__)
        text = f"{function.__name__} cannot read the response of AWS ({type(error).__name__})."
        raise Unavailable("UnreadableAnswer", text) from error


def _register(table: dict[str, Any], function: Function) -> Function:
    name = function.__name__
    if name in table:
        raise ValueError(f"{name} is registered twice")
    table[name] = function
    return function

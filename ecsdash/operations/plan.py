"""A Plan is data: changes, checks, ordered steps, and the action that undoes it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from ecsdash.aws.prices import Estimate
from ecsdash.operations.at_once import AT_ONCE, Moved
from ecsdash.operations.items import Item
from ecsdash.web.timeline import Timeline
from ecsdash.web.tone import Tone


class PlanError(Exception):
    """No plan can be made from this input. `field` names the form field that must change, "" for the whole form."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


class Level(StrEnum):
    OK = "ok"
    UNCHECKED = "unchecked"
    WARN = "warn"
    BLOCK = "block"

    @property
    def tone(self) -> Tone:
        tones = {Level.OK: Tone.OK, Level.UNCHECKED: Tone.IDLE, Level.WARN: Tone.WARN, Level.BLOCK: Tone.BAD}
        return tones[self]


class Repeat(StrEnum):
    """What to do with a call whose outcome is not known because a worker died or an answer was lost."""

    SAFE = "safe"  # the same call again is harmless
    TOKEN = "token"  # noqa: S105  # the API takes a client token: the step's id
    LOOKUP = "lookup"  # first look whether the effect is there already


class Danger(StrEnum):
    NONE = "none"  # reversible: one click in a development account
    CHANGES = "changes"  # changes what runs
    LOSES = "loses"  # loses something: asks for the name


@dataclass(frozen=True)
class Change:
    path: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Check:
    """`title` says what was checked and the result, `fix` what to do when it is not ok. `links` are (label, address) of
    what the detail names. An UNCHECKED one says why in its detail."""

    level: Level
    title: str
    detail: str = ""
    fix: str = ""
    links: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Check":
        links = tuple((label, address) for label, address in data.get("links", ()))
        return cls(**{**data, "level": Level(data["level"]), "links": links})


@dataclass(frozen=True)
class LiveCheck:
    """A check that must call AWS: run by a worker while the review page is open. `name` is a registered live check.

    `may_block`: its result may be a BLOCK, so the plan cannot start before the check has ended.
    """

    name: str
    title: str
    params: dict[str, Any] = field(default_factory=dict)
    may_block: bool = True


#: The value of an effect that only AWS decides.
ANY: Final = {"$any": True}


@dataclass(frozen=True)
class Effect:
    """What the call of the step `by` makes of observed values (may hold refs, or be ANY). `values` None: the resource
    is gone; {}: it exists."""

    by: str
    values: dict[str, Any] | None


@dataclass(frozen=True)
class Observation:
    """Live values that the plan was made from. The runner reads them again first and stops if they changed.

    `reader` is a registered reader, `identity` its keyword arguments. `values` None: the resource must not exist.
    `after` is what the plan itself brings about: when the operation is retried, each value may be as before or as after
    a call that was made.
    """

    reader: str
    identity: dict[str, Any]
    values: dict[str, Any] | None
    label: str = ""
    after: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Step:
    """One AWS call, or one wait, or a call and then a wait for its effect.

    `params` may hold `ref(...)` to an earlier step's answer, `STEP_ID` and `random_secret()`.
    `tolerate`: AWS error codes that mean that the effect exists already (delete of what is gone).
    `retry_on`: codes of temporary errors. With `adjust`, a registered adjustment, a retry has other parameters.
    `until` is a registered condition, checked with `until_params` (may hold refs) for at most `timeout` seconds.
    `find` makes the call depend on what a step of another operation created: `lookup` (a registered look-up), `params`,
    and the id of that `step`. `params` may refer to its result as `found`; where it returns None, no call is made.
    `removes` is the id of the step of another operation that created what this step removes.
    `skipped_when_cancelled`: a cancellation skips the step, and the operation goes on with the steps behind it, which
    take back what the steps before it did.
    `doubles` is a registered double finder for calls that create something new each time; `takes_back` is the call that
    removes what it finds.
    `item` is the name of the item of the plan that the step belongs to.
    """

    key: str
    title: str
    call: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    repeat: Repeat = Repeat.SAFE
    token_param: str = "clientToken"  # noqa: S105
    lookup: str = ""
    tolerate: tuple[str, ...] = ()
    retry_on: tuple[str, ...] = ()
    adjust: str = ""
    until: str = ""
    until_params: dict[str, Any] = field(default_factory=dict)
    timeout: int = 900
    find: dict[str, Any] = field(default_factory=dict)
    removes: str = ""
    doubles: str = ""
    takes_back: str = ""
    skipped_when_cancelled: bool = False
    item: str = ""


@dataclass(frozen=True)
class Undo:
    """The action that undoes the change; `url_kwargs` name its resource, `data` fills its form (refs allowed).
    `label` follows "Undo: " on the button."""

    action: str
    label: str
    url_kwargs: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Continues:
    """What continues in AWS after the operation was cancelled or gave up waiting; `stop` is the action that ends it."""

    text: str
    stop: Undo | None = None


@dataclass(frozen=True)
class Output:
    """A result shown at the end: an address, a name. `value` may hold refs."""

    label: str
    value: Any
    link: bool = False


@dataclass(frozen=True)
class Prediction:
    """What a plan makes AWS do with tasks: how many start and stop, between how many run meanwhile, the phases in
    words, the median seconds that the `earlier` ones took (None: not known), the time line of a deployment, and how
    many of how many tasks fit on the container instances (None: they need none)."""

    starts: int
    stops: int
    most: int
    fewest: int
    phases: tuple[str, ...] = ()
    seconds: float | None = None
    timeline: Timeline | None = None
    earlier: int = 0
    fits: tuple[int, int] | None = None


@dataclass(frozen=True)
class Plan:
    """`resource_key` (an ARN, predicted when it does not exist yet) is what only one operation at a time may change.

    `touches` are the nouns that will change: they are swept often while the operation runs.
    `removal` removes what an operation created that ended before its last call, which creates the resource itself.
    `cost` is the estimated change of the monthly bill, None when it does not change. `moved` is set where tasks or
    instances start or stop.
    `items`: steps of an item stand behind all steps without one. After `stop_after` failed items no further item
    begins; `at_once` items run at the same time.
    """

    summary: str
    resource_key: str
    resource_name: str
    steps: tuple[Step, ...]
    changes: tuple[Change, ...] = ()
    checks: tuple[Check, ...] = ()
    live_checks: tuple[LiveCheck, ...] = ()
    observes: tuple[Observation, ...] = ()
    undo: Undo | None = None
    removal: Undo | None = None
    continues: Continues | None = None
    outputs: tuple[Output, ...] = ()
    touches: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    cost: Estimate | None = None
    prediction: Prediction | None = None
    moved: Moved | None = None
    items: tuple[Item, ...] = ()
    stop_after: int = 1
    at_once: int = 1

    @property
    def blocked(self) -> bool:
        return any(check.level is Level.BLOCK for check in self.checks)

    @property
    def warned(self) -> bool:
        return any(check.level is Level.WARN for check in self.checks)

    @property
    def needs_review(self) -> bool:
        """Whether a check is not ok or must call AWS first, or it moves or costs more than AT_ONCE: such a plan never
        starts at once."""
        large = self.moved is not None and self.moved.large
        costly = self.cost is not None and abs(self.cost.amount or 0) > AT_ONCE.monthly
        return self.blocked or self.warned or bool(self.live_checks) or large or costly

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Plan":
        values = dict(data)
        for name, kind in PARTS.items():
            values[name] = tuple(kind(**_tuples(item)) for item in values[name])
        values["checks"] = tuple(Check.from_json(each) for each in values["checks"])
        for name in ("undo", "removal"):
            values[name] = Undo(**values[name]) if values.get(name) else None
        values["cost"] = Estimate.from_json(values.get("cost"))
        values["prediction"] = _prediction(values.get("prediction"))
        values["items"] = tuple(
            Item(**{**item, "prediction": _prediction(item["prediction"])}) for item in values.get("items", ())
        )
        values["continues"] = _continues(values.get("continues"))
        values["moved"] = Moved(**values["moved"]) if values.get("moved") else None
        values["touches"], values["risks"] = tuple(values["touches"]), tuple(values["risks"])
        return cls(**values)


def _observation(*, after: Iterable[Mapping[str, Any]] = (), **values: Any) -> Observation:
    return Observation(**values, after=tuple(Effect(**each) for each in after))


PARTS: dict[str, Callable[..., Any]] = {
    "steps": Step,
    "changes": Change,
    "live_checks": LiveCheck,
    "observes": _observation,
    "outputs": Output,
}


def _continues(data: Mapping[str, Any] | None) -> Continues | None:
    return Continues(data["text"], Undo(**data["stop"]) if data["stop"] else None) if data else None


def _prediction(data: Mapping[str, Any] | None) -> Prediction | None:
    if not data:
        return None
    line, fits = Timeline.from_json(data.get("timeline")), data.get("fits")
    own = {"phases": tuple(data["phases"]), "timeline": line, "fits": tuple(fits) if fits else None}
    return Prediction(**{**data, **own})


def _tuples(item: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(item)
    for name in ("tolerate", "retry_on"):
        if name in values:
            values[name] = tuple(values[name])
    if "repeat" in values:
        values["repeat"] = Repeat(values["repeat"])
    return values


def changes_between(
    before: Mapping[str, Any], after: Mapping[str, Any], only: Sequence[str] = ()
) -> tuple[Change, ...]:
    """Return the differing members of two flat descriptions, in the order of `after`; `only` restricts them."""
    names = list(only) or [*after, *(name for name in before if name not in after)]
    return tuple(
        Change(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )

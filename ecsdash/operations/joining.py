"""One plan for several resources, made of the plan of each: the steps of each become those of an item."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Final

from ecsdash.aws.prices import total
from ecsdash.operations.at_once import Moved
from ecsdash.operations.items import Item
from ecsdash.operations.plan import Check, Continues, Effect, LiveCheck, Observation, Plan, Prediction, Undo

#: Items that run at the same time.
AT_ONCE: Final = 5
LONGEST_TITLE: Final = 300
CONTINUES: Final = Continues("What was begun in ECS continues: new tasks replace the old tasks.")


@dataclass(frozen=True)
class Part:
    """The plan of one of the resources. `key` makes the keys of its steps unique; changes and checks show `name`."""

    key: str
    name: str
    plan: Plan
    cluster: str = ""
    service: str = ""

    @property
    def item(self) -> Item:
        return Item(self.name, self.plan.resource_key, self.cluster, self.service, self.plan.prediction)

    @property
    def keys(self) -> dict[str, str]:
        """Return the key of each of its steps -> the key in the joined plan."""
        return {step.key: f"{step.key}_{self.key}" for step in self.plan.steps}


def joined(
    parts: Sequence[Part],
    *,
    summary: str,
    resource_key: str,
    resource_name: str,
    checks: Iterable[Check] = (),
    undo: Undo | None = None,
    stop_after: int = 1,
) -> Plan:
    """Return the plan whose items are the parts. `checks` stand before those of the parts."""
    plans = [part.plan for part in parts]
    return Plan(
        summary=summary,
        resource_key=resource_key,
        resource_name=resource_name,
        steps=tuple(step for part in parts for step in _steps(part)),
        changes=tuple(replace(each, path=f"{part.name}: {each.path}") for part in parts for each in part.plan.changes),
        checks=(*checks, *_checks(parts)),
        live_checks=tuple(_live_checks(parts)),
        observes=tuple(each for part in parts for each in _observations(part)),
        undo=undo,
        continues=CONTINUES if any(plan.continues for plan in plans) else None,
        touches=tuple(dict.fromkeys(noun for plan in plans for noun in plan.touches)),
        risks=tuple(dict.fromkeys(risk for plan in plans for risk in plan.risks)),
        cost=total(plan.cost for plan in plans if plan.cost),
        prediction=_prediction([plan.prediction for plan in plans if plan.prediction]),
        moved=_moved([plan.moved for plan in plans if plan.moved]),
        items=tuple(part.item for part in parts),
        stop_after=stop_after,
        at_once=AT_ONCE,
    )


def _steps(part: Part) -> Iterable[Any]:
    keys = part.keys
    for step in part.plan.steps:
        texts = {name: renamed(getattr(step, name), keys) for name in ("params", "until_params", "find")}
        yield replace(
            step, key=keys[step.key], title=f"{part.name}: {step.title}"[:LONGEST_TITLE], item=part.name, **texts
        )


def _observations(part: Part) -> Iterable[Observation]:
    for each in part.plan.observes:
        after = tuple(Effect(part.keys[effect.by], renamed(effect.values, part.keys)) for effect in each.after)
        yield replace(each, after=after)


def renamed(data: Any, keys: Mapping[str, str]) -> Any:
    """Return a copy of `data` whose refs name the steps by their new keys."""
    if isinstance(data, Mapping):
        if set(data) == {"$ref"}:
            step, dot, path = data["$ref"].partition(".")
            return {"$ref": f"{keys.get(step, step)}{dot}{path}"}
        return {name: renamed(value, keys) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [renamed(each, keys) for each in data]
    return data


def _checks(parts: Sequence[Part]) -> list[Check]:
    """Return the checks of the parts, each once: one that is not the result of all says of which."""
    of: dict[Check, list[str]] = {}
    for part in parts:
        for check in dict.fromkeys(part.plan.checks):
            of.setdefault(check, []).append(part.name)
    return [_named(check, names, len(parts)) for check, names in of.items()]


def _named(check: Check, names: Sequence[str], number: int) -> Check:
    return check if len(names) == number else replace(check, title=f"{', '.join(names)}: {check.title}")


def _live_checks(parts: Sequence[Part]) -> Iterable[LiveCheck]:
    """Yield the live checks of the parts, each once. Titles are unique: results are stored under them."""
    of: dict[str, tuple[LiveCheck, list[str]]] = {}
    for part in parts:
        for check in part.plan.live_checks:
            of.setdefault(repr(check), (check, []))[1].append(part.name)
    titles = [check.title for check, _ in of.values()]
    for check, names in of.values():
        unique = titles.count(check.title) == 1
        yield check if unique else replace(check, title=f"{check.title} ({', '.join(names)})")


def _prediction(known: Sequence[Prediction]) -> Prediction | None:
    if not known:
        return None
    sums = {name: sum(getattr(each, name) for each in known) for name in ("starts", "stops", "most", "fewest")}
    return Prediction(**sums)


def _moved(known: Sequence[Moved]) -> Moved | None:
    def both(one: Moved, other: Moved) -> Moved:
        return Moved(one.before + other.before, one.after + other.after)

    return reduce(both, known) if known else None

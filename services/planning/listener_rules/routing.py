"""Where requests go before and after a change of a listener's rules, in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ecsdash.operations.plan import Change
from services.documents.listener_rule import actions, conditions
from services.selectors.listeners import Rule

#: Begins the path of a change of where requests go.
REQUESTS = "requests for "


@dataclass(frozen=True)
class Wanted:
    """A rule as the form wants it: its conditions with the values in plain text, and its action."""

    priority: int
    conditions: Sequence[dict[str, Any]]
    action: dict[str, Any]

    @property
    def words(self) -> str:
        return conditions.words(conditions.conceal(self.conditions))

    @property
    def goes_to(self) -> str:
        return actions.words([self.action])


def receiver(rules: Iterable[Rule], default: Rule, matching: Sequence[dict[str, Any]]) -> str:
    """Return where the requests that match go by these rules: the first rule that takes all of them, and before it
    those that take some."""
    some: list[Rule] = []
    for rule in rules:
        if conditions.covers(rule.conditions, matching):
            return _joined(some, rule)
        if conditions.overlap(rule.conditions, matching):
            some.append(rule)
    return _joined(some, default)


def _joined(some: Sequence[Rule], rest: Rule) -> str:
    """Return `web`, or `api (rule 5: /api/v2/*), else web`."""
    if not some:
        return rest.goes_to
    taken = ", ".join(f"{rule.goes_to} (rule {rule.priority}: {rule.words})" for rule in some)
    return f"{taken}, else {rest.goes_to}"


def created(others: Sequence[Rule], default: Rule, wanted: Wanted) -> Iterator[Change]:
    """Yield what changes for the requests of a new rule."""
    before = receiver(others, default, wanted.conditions)
    after = receiver_with(others, wanted)
    if before != after:
        yield Change(f"{REQUESTS}{wanted.words}", before, after)


def deleted(others: Sequence[Rule], default: Rule, rule: Rule) -> Iterator[Change]:
    yield Change(
        f"{REQUESTS}{rule.words}",
        receiver_with(others, _as_wanted(rule), rule.goes_to),
        receiver(others, default, list(map(dict, rule.conditions))),
    )


def edited(others: Sequence[Rule], default: Rule, rule: Rule, wanted: Wanted) -> Iterator[Change]:
    """Yield what changes for the requests that the rule takes now, and for those that it takes then."""
    before = _as_wanted(rule)
    same = conditions.conceal(wanted.conditions) == list(rule.conditions)
    if not same:
        yield from created(others, default, wanted)
    covered = same or conditions.covers(wanted.conditions, rule.conditions)
    after = receiver_with(others, wanted) if covered else receiver(others, default, before.conditions)
    now = receiver_with(others, before, rule.goes_to)
    if now != after:
        yield Change(f"{REQUESTS}{rule.words}", now, after)


def receiver_with(others: Sequence[Rule], wanted: Wanted, goes_to: str = "") -> str:
    """Return where the requests of the rule go with it in its place: rules with a lower number come first."""
    some: list[Rule] = []
    for rule in others:
        if (rule.priority or 0) > wanted.priority:
            break
        if conditions.covers(rule.conditions, wanted.conditions):
            return _joined(some, rule)
        if conditions.overlap(rule.conditions, wanted.conditions):
            some.append(rule)
    taken = "".join(f"{rule.goes_to} (rule {rule.priority}: {rule.words}), else " for rule in some)
    return f"{taken}{goes_to or wanted.goes_to}"


def _as_wanted(rule: Rule) -> Wanted:
    return Wanted(rule.priority or 0, list(map(dict, rule.conditions)), {})

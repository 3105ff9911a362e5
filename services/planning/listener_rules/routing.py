"""Where requests go before and after a change of a listener's rules, in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ecsdash.operations.plan import Change
from services.documents.listener_rule import conditions
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

    def rule(self, like: Rule) -> Rule:
        """Return the rule as it will be in the listener of `like`."""
        concealed = conditions.conceal(self.conditions)
        return replace(like, arn="wanted", priority=self.priority, conditions=concealed, actions=[self.action])


def moved(
    others: Sequence[Rule], default: Rule, before: Rule | None = None, wanted: Wanted | None = None
) -> Iterator[Change]:
    """Yield what changes for the requests that match the rule before or after. `before` None: it is new; `wanted` None:
    it is deleted."""
    after = wanted.rule(default) if wanted else None
    rules, later = _ordered([*others, before]), _ordered([*others, after])
    matching = [each.conditions for each in (after, before) if each is not None]
    for each in [found for number, found in enumerate(matching) if found not in matching[:number]]:
        present, then = receiver(rules, default, each), receiver(later, default, each)
        if present != then:
            yield Change(f"{REQUESTS}{conditions.words(each)}", present, then)


def _ordered(rules: Iterable[Rule | None]) -> list[Rule]:
    return sorted((rule for rule in rules if rule is not None), key=lambda rule: rule.priority or 0)


def receiver(rules: Iterable[Rule], default: Rule, matching: Sequence[Mapping[str, Any]]) -> str:
    """Return where the requests that match go by these rules: the first rule that takes all of them, and before it
    those that take some: `api (rule 5: /api/v2/*), else web`."""
    some: list[Rule] = []
    rest = default
    for rule in rules:
        if conditions.covers(rule.conditions, matching):
            rest = rule
            break
        if conditions.overlap(rule.conditions, matching):
            some.append(rule)
    taken = "".join(f"{rule.goes_to} (rule {rule.priority}: {rule.words}), " for rule in some)
    return f"{taken}else {rest.goes_to}" if some else rest.goes_to

"""Ownership: which team a thing in AWS belongs to, and why.

A rule gives the things of a kind to a team, by a name pattern or a tag, or shares them with everybody. The most
specific rule decides. What no rule names belongs to the users who hold the permission at every place that uses it; what
nobody uses, to those who hold it for the whole account and region.

The apps register what they know of things: `@things("target_group")` a function that returns them with the places that
use them, `@present("ecs.update_service")` one that returns what a call's subject names already, `@implied("...")` one
that returns what a call touches beside what it names.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django.db.models import Q

from ecsdash.access.models import OwnershipRule
from ecsdash.access.patterns import matches
from ecsdash.access.references import Reference, RequiredCapability
from ecsdash.access.targets import AccessTarget

#: Kinds that rules can name, in the order of the form.
KINDS: Final = (
    "load_balancer", "target_group", "task_definition", "role", "instance_profile", "secret", "security_group",
    "subnet", "vpc", "namespace", "file_system", "log_group", "capacity_provider", "auto_scaling_group",
    "launch_template", "certificate", "key_pair", "object", "repository", "function", "alarm", "kms_key",
)  # fmt: skip
#: Things that follow the rules of another kind: they have the name of their load balancer.
FOLLOWS: Final = {"listener": "load_balancer", "listener_rule": "load_balancer"}
#: Kinds that everybody may use unless a rule says otherwise.
SHARED_KINDS: Final = ("vpc", "subnet", "repository")
#: The usual roles of AWS's own documentation, which everybody may pass unless a rule says otherwise.
SHARED_THINGS: Final = (
    ("role", "ecsTaskExecutionRole"), ("role", "ecsInstanceRole"), ("instance_profile", "ecsInstanceRole"),
)  # fmt: skip


@dataclass(frozen=True)
class Thing:
    """A thing of the inventory. `places` are those that use it: services, tasks, clusters. `exists` False: unknown."""

    kind: str
    name: str
    exists: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    places: tuple[AccessTarget, ...] = ()


@dataclass(frozen=True)
class Owner:
    """The teams that own a thing, or `shared` with everybody; `because` is the rule as text."""

    teams: frozenset[str]
    shared: bool
    because: str

    def __str__(self) -> str:
        return "shared" if self.shared else ", ".join(f"team {name}" for name in sorted(self.teams))


Things = Callable[[AccessTarget, Collection[str] | None], Mapping[str, Thing]]
Holds = Callable[[AccessTarget], bool]
Present = Callable[[AccessTarget, Mapping[str, Any], Holds], Iterable[Reference | RequiredCapability]]
Implied = Callable[[AccessTarget, Mapping[str, Any]], Iterable[Reference | RequiredCapability]]
Function = TypeVar("Function", bound=Callable[..., Any])
THINGS: dict[str, Things] = {}
PRESENT: dict[str, Present] = {}
IMPLIED: dict[str, Implied] = {}


def things(*kinds: str) -> Callable[[Function], Function]:
    """Register a function (account and region, ARNs or names or None for all) -> things by ARN and by name."""
    return _register(THINGS, *kinds)


def present(*calls: str) -> Callable[[Function], Function]:
    """Register a function (account and region, parameters, whether the person holds the permission at a place) -> what
    the subject of the call names before the call."""
    return _register(PRESENT, *calls)


def implied(*calls: str) -> Callable[[Function], Function]:
    """Register a function (account and region, parameters) -> more references of the call."""
    return _register(IMPLIED, *calls)


def find(where: AccessTarget, reference: Reference) -> Thing:
    """Return the thing that a reference names, from the inventory."""
    known = THINGS.get(reference.kind)
    rows = known(where, {reference.key or reference.name}) if known else {}
    return rows.get(reference.key) or rows.get(reference.name) or Thing(reference.kind, reference.name)


def rules_for(account: str) -> list[OwnershipRule]:
    """Return the rules for an account (its alias) and those for all accounts."""
    here = Q(account__isnull=True) | Q(account__alias=account)
    return list(OwnershipRule.objects.filter(here).select_related("team", "account"))


def owner_of(thing: Thing, rules: Iterable[OwnershipRule]) -> Owner | None:
    """Return the owner by the most specific of the rules that match; None when no rule names the thing."""
    kind = FOLLOWS.get(thing.kind, thing.kind)
    matching = [rule for rule in rules if rule.kind == kind and _matches(rule, thing)]
    if not matching:
        return _shared_by_default(kind, thing.name)
    best = max(map(_specificity, matching))
    deciding = [rule for rule in matching if _specificity(rule) == best]
    teams = frozenset(rule.team.name for rule in deciding if rule.team)
    return Owner(teams, any(rule.team is None for rule in deciding), "; ".join(str(rule) for rule in deciding))


def _shared_by_default(kind: str, name: str) -> Owner | None:
    if kind in SHARED_KINDS:
        return Owner(frozenset(), True, f"Every {kind} is shared unless a rule names it.")
    if (kind, name) in SHARED_THINGS:
        return Owner(frozenset(), True, f"{name} is shared unless a rule names it.")
    return None


def _matches(rule: OwnershipRule, thing: Thing) -> bool:
    if rule.tag_key:
        return matches(rule.tag_value or "*", thing.tags[rule.tag_key]) if rule.tag_key in thing.tags else False
    return matches(rule.pattern, thing.name)


def _specificity(rule: OwnershipRule) -> tuple[bool, int, bool]:
    """Rules by tag, then those with more fixed characters, then those of one account."""
    return bool(rule.tag_key), len(rule.pattern.replace("*", "").replace("?", "")), rule.account_id is not None


def _register(table: dict[str, Any], *names: str) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        for name in names:
            if name in table:
                raise ValueError(f"{name} is registered twice")
            table[name] = function
        return function

    return register

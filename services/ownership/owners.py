"""Who owns what and why: every known resource of the kinds that rules can name, in one account and region.

Queries per kind, never per row. The resources and their owners by rule are cached while neither the inventory nor the
rules change, for at most CACHE_SECONDS: IAM has no regions, so a change of a role counts in one region only.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ecsdash.access import ownership, policy
from ecsdash.access.models import Membership, OwnershipRule, User
from ecsdash.access.ownership import KINDS, THINGS, Owner, Thing
from ecsdash.access.permissions import Permission
from ecsdash.access.rule_values import RuleValues, kind_label
from ecsdash.access.targets import AccessTarget
from ecsdash.inventory.changes import version_of
from ecsdash.inventory.scope import Scope
from ecsdash.web.bounded_cache import BoundedCache
from ecsdash.web.polling.counters import Version

NAMED: Final = 3  # places and teams that a sentence names
NOUNS: Final = (
    "services", "tasks", "task_definitions", "load_balancers", "listeners", "target_groups", "roles",
    "instance_profiles", "secrets", "security_groups", "log_groups", "clusters", "capacity_providers", "namespaces",
    "functions", "alarms",
)  # fmt: skip
CACHE_SECONDS: Final = 60
ROW_BYTES: Final = 1000  # about what a cached resource takes
Found = list[tuple[Thing, Owner | None]]
CACHE: Final[BoundedCache[AccessTarget, tuple[Version, Found]]] = BoundedCache()


class Ownership(StrEnum):
    """How a resource is owned. A filter term `is:unowned` selects the last two."""

    RULE = "By rule"
    SHARED = "Shared"
    USE = "By use"  # no rule names it, and it is used by places of one team only
    IN_USE = "Unowned, in use"
    UNUSED = "Unowned, not used"


@dataclass(frozen=True)
class OwnedThing:
    """A resource with its owner. `places` are those that the viewer may see, `hidden` is the number of the others.

    `teams` may change the places that use it. `number` is its position in the list of all.
    """

    number: int
    thing: Thing
    state: Ownership
    owner: str
    reason: str
    places: tuple[AccessTarget, ...]
    hidden: int
    teams: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.thing.name

    @property
    def kind(self) -> str:
        return kind_label(self.thing.kind)

    @property
    def used_by(self) -> list[str]:
        others = [f"{self.hidden} that you may not view"] if self.hidden else []
        return [*map(str, self.places), *others]


@dataclass
class Overview:
    """The resources of one account and region as one person may see them."""

    user: User
    scope: Scope

    @property
    def where(self) -> AccessTarget:
        return self.scope.access_target()

    def rows(self) -> list[OwnedThing]:
        """Return the visible resources by kind and name."""
        found = self._found()
        places = {place for thing, _ in found for place in thing.places}
        teams = self._teams(places)
        seen = {place for place in places if policy.can(self.user, Permission.VIEW, place)}
        mine = set(Membership.objects.filter(user=self.user).values_list("team__name", flat=True))
        everything = policy.can_all_within(self.user, Permission.VIEW, self.where)
        return [
            _owned(number, thing, owner, teams, seen)
            for number, (thing, owner) in enumerate(found)
            if everything or seen.intersection(thing.places) or (owner and (owner.shared or mine & owner.teams))
        ]

    def _found(self) -> Found:
        rules = ownership.rules_for(self.where.account)
        version = version_of(self.scope, *NOUNS).also(str(hash(tuple(map(RuleValues.of, rules)))))
        version = version.also(str(int(time.time() / CACHE_SECONDS)))
        cached = CACHE.get(self.where)
        if cached and version.counters and cached[0] == version:
            return cached[1]
        found = list(_with_owners(self.where, rules))
        CACHE.put(self.where, (version, found), ROW_BYTES * len(found))
        return found

    def _teams(self, places: set[AccessTarget]) -> dict[AccessTarget, frozenset[str]]:
        """Return the teams that may change each place, without those that may change the whole account and region."""
        teams = policy.teams_with(Permission.DEPLOY, {*places, self.where})
        return {place: teams[place] - teams[self.where] for place in places}


def _with_owners(where: AccessTarget, rules: list[OwnershipRule]) -> Iterator[tuple[Thing, Owner | None]]:
    by_kind: dict[str, list[OwnershipRule]] = {}
    for rule in rules:
        by_kind.setdefault(rule.kind, []).append(rule)
    for kind in KINDS:
        for thing in sorted(_distinct(kind, where), key=lambda each: each.name):
            yield thing, ownership.owner_of(thing, by_kind.get(kind, ()))


def _distinct(kind: str, where: AccessTarget) -> list[Thing]:
    """Return the resources of a kind. Each is registered under several keys, such as its ARN and its name."""
    every: Any = THINGS.get(kind)
    return list({id(thing): thing for thing in every(where, None).values()}.values()) if every else []


def _owned(
    number: int,
    thing: Thing,
    owner: Owner | None,
    teams: dict[AccessTarget, frozenset[str]],
    seen: set[AccessTarget],
) -> OwnedThing:
    places = tuple(place for place in thing.places if place in seen)
    users = sorted({team for place in thing.places for team in teams[place]})
    if owner:
        state, whose, reason = _by_rule(owner)
    else:
        orphaned = [place for place in thing.places if not teams[place]]
        state, whose, reason = _by_use(thing, users, [place for place in orphaned if place in seen], bool(orphaned))
    return OwnedThing(number, thing, state, whose, reason, places, len(thing.places) - len(places), tuple(users))


def _by_rule(owner: Owner) -> tuple[Ownership, str, str]:
    if owner.shared:
        return Ownership.SHARED, "everybody", owner.because
    return Ownership.RULE, str(owner), owner.because


def _by_use(thing: Thing, users: list[str], orphaned: list[AccessTarget], any_orphaned: bool) -> tuple[Any, str, str]:
    """Return the state, the owner and the reason of a resource that no rule names. `orphaned` are the visible places
    that no team may change."""
    if not thing.places:
        return Ownership.UNUSED, "nobody", "No rule names it and nothing uses it."
    if not any_orphaned and len(users) == 1:
        return Ownership.USE, f"team {users[0]}", f"No rule names it. Only team {users[0]} uses it."
    if len(users) > 1:
        return Ownership.IN_USE, f"used by teams {_some(users)}", "No rule names it, and several teams use it."
    whose = f"used by team {users[0]} and others" if users else "used by no team"
    named = _some([str(place) for place in orphaned]) or "a place that you may not view"
    return Ownership.IN_USE, whose, f"No rule names it, and no team has a grant for {named}."


def _some(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")

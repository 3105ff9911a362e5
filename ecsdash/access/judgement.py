"""Judges what a call names: may this person, for this change at this place, touch each of these things?

It decides what forms offer, what the review shows and whether it can be confirmed, and the runner asks it again before
every call.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from ecsdash.access import ownership, policy
from ecsdash.access.models import Membership, OwnershipRule, User
from ecsdash.access.ownership import Owner, Thing
from ecsdash.access.permissions import Capability, Permission
from ecsdash.access.references import How, Reference, RequiredCapability
from ecsdash.access.targets import AccessTarget

Named = Reference | RequiredCapability
#: Kinds whose place is known from their name.
PLACED = ("cluster", "service")
INSIDE_CLUSTER = ("container_instance",)
#: Kinds whose things, where what they follow is shared, belong to the places that use them: everybody may add one.
OF_PLACES = ("listener_rule",)
#: Ways to name what the subject of a change may go on to name.
KEPT = (How.USES, How.READS, How.PASSES)
HOLDER = "Ask somebody who may do this in the whole account {account}, or an administrator for an ownership rule."


@dataclass(frozen=True)
class Judged:
    """One thing or capability that a plan names. `refusal` says why it is refused, empty when it is allowed; `remedy`
    who could, or what to ask for. `owner` is the owning team or the places that use the thing."""

    named: Named
    owner: str = ""
    refusal: str = ""
    remedy: str = ""

    @property
    def words(self) -> str:
        """What is touched and how: `uses listener of web-alb`."""
        if isinstance(self.named, RequiredCapability):
            return self.named.reason
        return f"{self.named.how} {_words(self.named)}"


@dataclass
class Judge:
    """Judges for one person, one permission and one place (account, region, cluster, service of the change).

    Ownership rules and memberships are read once, so an instance serves one request or one call.
    """

    user: User
    permission: Permission
    place: AccessTarget
    found: dict[tuple[str, str], Thing] = field(default_factory=dict)

    def judge(self, named: Iterable[Named], already: Collection[Named] = frozenset()) -> list[Judged]:
        """Judge each thing. `already`: what the subject of the change names today and so may go on to use."""
        known = {_identity(each) for each in already}
        return [self._judge(each, _identity(each) in known) for each in named]

    def judge_own(self, references: Iterable[Reference]) -> list[Judged]:
        """Return the refusals among things that the plan itself creates: those that a rule gives to another team."""
        owners = [(each, self._owner(each)) for each in references if self._has_rules(each.kind)]
        judged = [self._owned(each, each.how, owner) for each, owner in owners if owner and not owner.shared]
        return [each for each in judged if each.refusal]

    def judge_removed(self, references: Iterable[Reference]) -> list[Judged]:
        """Judge things that another operation of this place created, to be removed: by their rule, and by the places
        that use them by now. What nothing uses is the place's own."""
        listed = list(references)
        used = [
            each for each in listed if (found := self._find(each)).places and not self._owner(each) and found.exists
        ]
        return [*self.judge_own(listed), *(self._used(each, self._find(each)) for each in used)]

    def may_offer(self, how: How, thing: Thing) -> bool:
        """Return whether a form may offer this thing for use or to be passed. The place is not known yet: a role is
        offered if any of the person's grants in this account and region lists it."""
        if how is How.PASSES and policy.may_pass_within(self.user, thing.name, self.permission, self.where):
            return True
        return not self._thing(Reference(how, thing.kind, thing.name), thing).refusal

    @cached_property
    def rules(self) -> list[OwnershipRule]:
        return ownership.rules_for(self.place.account)

    @cached_property
    def teams(self) -> frozenset[str]:
        return frozenset(Membership.objects.filter(user=self.user).values_list("team__name", flat=True))

    @cached_property
    def everywhere(self) -> bool:
        """Whether the person holds the permission for the whole account and region."""
        return policy.can(self.user, self.permission, self.where)

    def holds(self, place: AccessTarget) -> bool:
        return policy.can(self.user, self.permission, place)

    @property
    def where(self) -> AccessTarget:
        return AccessTarget(self.place.account, self.place.region)

    def _judge(self, named: Named, already: bool) -> Judged:
        if isinstance(named, RequiredCapability):
            return self._need(named, already)
        if named.kind in PLACED or (named.kind in INSIDE_CLUSTER and named.cluster):
            return self._placed(named)
        if already and named.how in KEPT and not (self._has_rules(named.kind) and self._owner(named)):
            return Judged(named, "used here already")
        return self._thing(named, self._find(named))

    def _has_rules(self, kind: str) -> bool:
        return any(rule.kind == ownership.FOLLOWS.get(kind, kind) for rule in self.rules)

    def _owner(self, reference: Reference) -> Owner | None:
        return ownership.owner_of(self._find(reference), self.rules)

    def _find(self, reference: Reference) -> Thing:
        key = (reference.kind, reference.key or reference.name)
        if key not in self.found:
            self.found[key] = ownership.find(self.where, reference)
        return self.found[key]

    def _need(self, need: RequiredCapability, already: bool) -> Judged:
        capability = Capability(need.capability)
        name = capability.label.partition(":")[0]
        if already or policy.capable(self.user, capability, self.permission, self.place):
            return Judged(need, name)
        return Judged(
            need,
            name,
            f"{need.reason} Your grants here do not include: {name.lower()}.",
            f"Ask an administrator for a grant with {name.lower()}, or change the form.",
        )

    def _placed(self, reference: Reference) -> Judged:
        inside = reference.kind != "cluster"
        cluster = reference.cluster if inside else reference.name
        service = reference.name if reference.kind == "service" else ""
        target = AccessTarget(self.place.account, self.place.region, cluster, service)
        using = reference.kind == "cluster" and reference.how is How.USES
        allowed = (policy.can_within if using else policy.can)(self.user, self.permission, target)
        if allowed:
            return Judged(reference, str(target))
        text = f"You do not have the permission to {self.permission} for the {_words(reference)}."
        return Judged(reference, str(target), text, "Ask an administrator for a grant that covers it.")

    def _thing(self, reference: Reference, thing: Thing) -> Judged:
        how = How.CHANGES if reference.how is How.CREATES and thing.exists else reference.how
        owner = ownership.owner_of(thing, self.rules)
        if how is How.PASSES:
            return self._passed(reference, thing, owner)
        if owner is not None and not _of_places(reference.kind, how, thing, owner):
            return self._owned(reference, how, owner)
        if how is How.CREATES:
            return Judged(reference, "new")
        return self._used(reference, thing)

    def _owned(self, reference: Reference, how: How, owner: Owner) -> Judged:
        shared = owner.shared and how in (How.USES, How.READS)
        if shared or self.teams & owner.teams or self.everywhere:
            return Judged(reference, str(owner))
        what = "is shared for use only" if owner.shared else f"belongs to {owner}"
        remedy = f"Ask a member of {owner}." if owner.teams else HOLDER.format(account=self.place.account)
        return Judged(reference, str(owner), f"The {_words(reference)} {what} ({owner.because}).", remedy)

    def _passed(self, reference: Reference, thing: Thing, owner: Owner | None) -> Judged:
        """A role may be passed if a grant lists it, or a rule gives it to the person's team or shares it."""
        listed = policy.may_pass(self.user, reference.name, self.permission, self.place)
        if listed or (owner and (owner.shared or self.teams & owner.teams)):
            return Judged(reference, str(owner or "listed in a grant"))
        whose = f" It belongs to {owner}." if owner else ""
        return Judged(
            reference,
            str(owner or self._users(thing)),
            f"Your grants do not allow you to pass the {_words(reference)} to AWS.{whose}",
            "Ask an administrator to list it under “Roles that may be passed” of your grant.",
        )

    def _own_family(self, reference: Reference) -> bool:
        """Return whether a grant for every cluster covers the name of a task definition, as it covers services."""
        family = AccessTarget(self.place.account, self.place.region, service=reference.name)
        return reference.kind == "task_definition" and policy.can(self.user, self.permission, family)

    def _used(self, reference: Reference, thing: Thing) -> Judged:
        """Without a rule: the permission is needed at every place that uses it; security groups at one of them."""
        held = [place for place in thing.places if self.holds(place)]
        enough = (
            held if reference.kind == "security_group" and reference.how is How.USES else len(held) == len(thing.places)
        )
        if (thing.places and enough) or self.everywhere or (not thing.places and self._own_family(reference)):
            return Judged(reference, self._users(thing))
        remedy = HOLDER.format(account=self.place.account)
        if not thing.places:
            text = f"No rule gives the {_words(reference)} to a team, and nothing that you may change uses it."
            return Judged(reference, self._users(thing), text, remedy)
        others = self._shown([place for place in thing.places if place not in held])
        text = f"The {_words(reference)} is used by {others}, for which you do not have the permission."
        return Judged(reference, self._users(thing), text, remedy)

    def _users(self, thing: Thing) -> str:
        return f"used by {self._shown(thing.places)}" if thing.places else "not used"

    def _shown(self, places: Iterable[AccessTarget]) -> str:
        """Return the places that the person may view by name, the others as a number."""
        every = set(places)
        named = [str(place) for place in every if policy.can(self.user, Permission.VIEW, place)]
        hidden = len(every) - len(named)
        others = f"{hidden} {'place' if hidden == 1 else 'places'} that you may not view"
        return " and ".join(filter(None, (_some(named), others if hidden else "")))


def _identity(named: Named) -> tuple[str, ...]:
    return (named.capability, named.reason) if isinstance(named, RequiredCapability) else (named.kind, named.name)


def _words(reference: Reference) -> str:
    if reference.kind in ownership.FOLLOWS:
        return f"{reference.kind.replace('_', ' ')} of {reference.name}"
    return f"{reference.kind.replace('_', ' ')} {reference.name}"


def _some(names: list[str]) -> str:
    unique = sorted(set(names))
    return ", ".join(unique[:3]) + (f" and {len(unique) - 3} more" if len(unique) > 3 else "")


def _of_places(kind: str, how: How, thing: Thing, owner: Owner) -> bool:
    """Return whether the places that use a shared thing decide about its change."""
    return kind in OF_PLACES and owner.shared and bool(thing.places) and how in (How.CHANGES, How.DELETES)

"""A random estate of three teams in one account, written straight into the inventory.

Who owns what is decided here, without the product: the ownership rules are written from it. Every name holds a token of
its own, so that a name found in a call means one thing only.
"""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import Any, Final

from ecsdash.access.models import Grant, Membership, OwnershipRule, Team, User
from ecsdash.access.ownership import KINDS
from ecsdash.access.permissions import Capability
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from tests.users import REGION

TEAMS: Final = ("shop", "bank", "blog")
OPEN: Final = "open"  # the prefix of what a rule shares with everybody
ACCOUNT_ID: Final = "111111111111"
LETTERS: Final = "bcdfghjkmnpqrstvwxz"
SHARED: Final = "everybody"
#: Kinds that belong to nobody and may be used by everybody, unless a rule says otherwise.
SHARED_KINDS: Final = ("vpc", "subnet", "repository")
#: Kinds of which the inventory has no tags.
UNTAGGED: Final = ("file_system", "namespace", "object", "launch_template")
RANK: Final = {"view": 0, "deploy": 1, "operate": 2, "admin": 3}
ROLE_RANK: Final = {"viewer": 0, "deployer": 1, "operator": 2, "admin": 3}
#: Capabilities of a grant that names none, by its role.
CAPABLE: Final = {"operator": {"public_exposure", "command_override"}, "admin": set(Capability.values)}

Place = tuple[str, str]  # cluster and service; "" for none


def arn(service: str, path: str) -> str:
    return f"arn:aws:{service}:{'' if service == 'iam' else REGION}:{ACCOUNT_ID}:{path}"


@dataclass
class Thing:
    """`keys` are its ARNs and IDs; `owner` a team, SHARED or "". `affinity`: the team whose services use it."""

    kind: str
    name: str
    keys: tuple[str, ...]
    affinity: str
    owner: str
    tags: dict[str, str] = field(default_factory=dict)
    places: set[Place] = field(default_factory=set)


@dataclass
class Holding:
    """A grant, as a person holds it."""

    role: str
    cluster: str
    service: str
    capabilities: set[str]
    pass_roles: list[str]

    def covers(self, permission: str, place: Place) -> bool:
        pairs = zip((self.cluster, self.service), place, strict=True)
        enough = ROLE_RANK[self.role] >= RANK[permission]
        return enough and all(fnmatchcase(name, pattern) if name else pattern == "*" for pattern, name in pairs)


@dataclass
class Person:
    user: User
    teams: set[str]
    holdings: list[Holding]

    def holds(self, permission: str, place: Place) -> bool:
        return any(each.covers(permission, place) for each in self.holdings)

    def everywhere(self, permission: str) -> bool:
        return self.holds(permission, ("", ""))

    def reaches_into(self, permission: str, cluster: str) -> bool:
        """Return whether the person holds the permission for something in the cluster."""
        return any(
            ROLE_RANK[each.role] >= RANK[permission] and fnmatchcase(cluster, each.cluster) for each in self.holdings
        )

    def passes(self, permission: str, role: str) -> bool:
        """Return whether a grant with the permission lists the role."""
        usable = [each for each in self.holdings if ROLE_RANK[each.role] >= RANK[permission]]
        return any(fnmatchcase(role, pattern) for each in usable for pattern in each.pass_roles)


@dataclass
class Estate:
    """`services`, `definitions` (by ARN) and `families` (their latest revision): what each names today. `running`: the
    ARN that each service and standalone task runs. `behind`: the target groups of listeners and load balancers."""

    random: Random
    scope: Scope
    people: list[Person] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    services: dict[Place, set[str]] = field(default_factory=dict)
    families: dict[str, set[str]] = field(default_factory=dict)
    definitions: dict[str, set[str]] = field(default_factory=dict)
    running: dict[Place, str] = field(default_factory=dict)
    behind: dict[str, frozenset[str]] = field(default_factory=dict)
    tasks: dict[str, Place] = field(default_factory=dict)
    leftovers: list[Place] = field(default_factory=list)  # deleted services whose target groups are there
    instances: dict[str, str] = field(default_factory=dict)  # EC2 ID -> cluster
    by_pattern: set[tuple[str, str]] = field(default_factory=set)  # kinds and teams that have such a rule
    by_tag: set[tuple[str, str]] = field(default_factory=set)
    clusters: list[str] = field(default_factory=list)
    teams: dict[str, Team] = field(default_factory=dict)

    def token(self) -> str:
        return "".join(self.random.choices(LETTERS, k=7))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def owned(self, kind: str, prefix: str, tag: str) -> str:
        """Return the owner of a thing of this kind with a name of this prefix and this tag."""
        if (kind, tag) in self.by_tag:
            return tag
        if (kind, prefix) in self.by_pattern:
            return SHARED if prefix == OPEN else prefix
        return SHARED if kind in SHARED_KINDS else ""

    def add(self, kind: str, affinity: str, name: str = "{}", key: str = "", owner: str | None = None) -> Thing:
        """Add a thing. In `name`, `{}` is a prefix and a token, in `key`, `{}` is the name and `{token}` the token.

        The prefix is that of a team, which owns the thing only if a rule says so.
        """
        prefix = self.random.choice([affinity] * 4 + ["free", OPEN, *TEAMS])
        tag = self.random.choice(["", "", affinity, *TEAMS]) if kind not in UNTAGGED else ""
        token = self.token()
        full = name.format(f"{prefix}-{token}", token=token)
        keys = (key.format(full, token=token),) if key else ()
        owned = self.owned(kind, prefix, tag) if owner is None else owner
        made = Thing(kind, full, keys, affinity, owned, {"team": tag} if tag else {})
        self.things.append(made)
        return made

    def named(self, kind: str, affinity: str = "") -> list[Thing]:
        return [each for each in self.things if each.kind == kind and affinity in ("", each.affinity)]

    def usable(self, kind: str, team: str) -> list[Thing]:
        """Return the things that services of a team use: seldom one that a rule gives to another team."""
        rows = self.named(kind, team)
        return [each for each in rows if each.owner in ("", SHARED, team) or self.chance(0.05)]

    def some(self, kind: str, team: str, most: int = 1) -> list[Thing]:
        rows = self.usable(kind, team)
        return self.random.sample(rows, min(len(rows), self.random.randint(0, most)))


def begin(random: Random) -> Estate:
    """Return an estate with an account, teams, rules and people, and nothing else."""
    account = Account.objects.create(
        alias="demo", name="Demo", account_id=ACCOUNT_ID, regions=[REGION], environment=Account.Environment.DEVELOPMENT
    )
    estate = Estate(random, Scope(account, REGION))
    estate.teams = {name: Team.objects.create(name=name) for name in TEAMS}
    estate.clusters = [f"{name}-{estate.token()}" for name in (*TEAMS, "mixed")]
    _rules(estate)
    for team in TEAMS:
        _people(estate, team)
    return estate


def _rules(estate: Estate) -> None:
    rows = []
    for kind in KINDS:
        for team in TEAMS:
            if estate.chance(0.5):
                estate.by_pattern.add((kind, team))
                rows.append(OwnershipRule(kind=kind, pattern=_pattern(kind, team), team=estate.teams[team]))
            if estate.chance(0.3):
                estate.by_tag.add((kind, team))
                rows.append(OwnershipRule(kind=kind, tag_key="team", tag_value=team, team=estate.teams[team]))
        if estate.chance(0.5):
            estate.by_pattern.add((kind, OPEN))
            rows.append(OwnershipRule(kind=kind, pattern=_pattern(kind, OPEN)))
    OwnershipRule.objects.bulk_create(rows)


def _pattern(kind: str, prefix: str) -> str:
    return f"/ecs/{prefix}-*" if kind == "log_group" else f"{prefix}-*"


def _people(estate: Estate, team: str) -> None:
    """Add a member with the grants of the team, and somebody with a grant but without a team."""
    member, guest = (User.objects.create(username=f"{team}-{kind}") for kind in ("member", "guest"))
    Membership.objects.create(user=member, team=estate.teams[team])
    mixed = estate.clusters[-1]
    operators = [_holding(estate, "operator", "*", f"{team}-*", team)]
    operators.append(_holding(estate, "operator", f"{team}-*", "*", team))
    if estate.chance(0.5):
        operators.append(_holding(estate, "deployer", mixed, f"{team}-*", team))
    place = estate.random.choice([(f"{team}-*", "*"), (mixed, f"{team}-*"), ("*", f"{team}-*")])
    guests = [_holding(estate, estate.random.choice(["viewer", "deployer", "deployer", "operator"]), *place, team)]
    for holding in operators:
        _grant(estate, holding, team=estate.teams[team])
    for holding in guests:
        _grant(estate, holding, user=guest)
    estate.people += [Person(member, {team}, operators), Person(guest, set(), guests)]


def _holding(estate: Estate, role: str, cluster: str, service: str, team: str) -> Holding:
    listed = estate.random.choice([[], [], [f"{team}-*"], [f"{estate.random.choice(TEAMS)}-*"]])
    chosen = set(estate.random.sample(list(Capability.values), estate.random.randint(0, 3)))
    held = CAPABLE.get(role, set()) if estate.chance(0.5) else chosen
    return Holding(role, cluster, service, set(held), listed)


def _grant(estate: Estate, holding: Holding, **holder: Any) -> None:
    Grant.objects.create(
        role=holding.role, account=estate.scope.account, cluster=holding.cluster, service=holding.service,
        capabilities=sorted(holding.capabilities), pass_roles=holding.pass_roles, **holder,
    )  # fmt: skip

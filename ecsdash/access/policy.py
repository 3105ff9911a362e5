"""Access policy: the only module that decides whether a user has a permission on a target.

A grant covers a target when its account and its three patterns each cover that level of the target. A level can be
empty: a cluster has no service, an account-wide resource has no cluster. For VIEW any pattern covers an empty level: a
user who may view one service of a cluster may also view the cluster. For every other permission only the pattern `*`
covers an empty level: a user who may deploy `web-*` may not change the cluster of these services.
"""

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from functools import reduce
from hashlib import sha256
from operator import or_
from typing import Any, Final, TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import connection
from django.db.models import Model, Q, QuerySet

from ecsdash.access.models import Grant, User
from ecsdash.access.patterns import is_any, matches, regex
from ecsdash.access.permissions import CAPABILITIES, PERMISSIONS, Capability, Permission, Role, roles_with
from ecsdash.access.targets import AccessTarget

M = TypeVar("M", bound=Model)
Visitor = AbstractBaseUser | AnonymousUser
Path = str | tuple[str, ...]
Columns = dict[str, Path | None]
LEVELS: Final = ("account", "region", "cluster", "service")
COLUMNS: Final = ("account__alias", "region", "cluster", "service")  # of a grant, in the order of LEVELS
BEYOND: Final = ("capabilities", "pass_roles")
CACHE: Final = "_effective_grants"


@dataclass(frozen=True, slots=True, order=True)
class GrantScope:
    """The scope and role of a grant: the account's alias, `*` for all, and one name pattern for each other level;
    what it allows beyond its role."""

    role: str
    account: str = "*"
    region: str = "*"
    cluster: str = "*"
    service: str = "*"
    capabilities: tuple[str, ...] = ()
    pass_roles: tuple[str, ...] = ()


EVERYWHERE: Final = GrantScope(Role.ADMIN, capabilities=tuple(Capability), pass_roles=("*",))


def can(user: Visitor, permission: Permission, target: AccessTarget) -> bool:
    """Whether the user has the permission on the target."""
    return any(_covers(grant, permission, target) for grant in effective_grants(user))


def can_within(user: Visitor, permission: Permission, target: AccessTarget) -> bool:
    """Whether the user has the permission on any target below this one: an empty level matches every name."""
    return any(_reaches(grant, permission, target) for grant in effective_grants(user))


def can_all_within(user: Visitor, permission: Permission, target: AccessTarget) -> bool:
    """Whether the user has the permission on every target below this one."""
    return any(
        _reaches(grant, permission, target)
        and all(is_any(getattr(grant, level)) for level in LEVELS if not getattr(target, level))
        for grant in effective_grants(user)
    )


def teams_with(permission: Permission, targets: Collection[AccessTarget]) -> dict[AccessTarget, frozenset[str]]:
    """Return the names of the teams whose grants have the permission on each target; read by one query."""
    rows = Grant.objects.in_force().filter(team__isnull=False, role__in=roles_with(permission)).order_by()
    columns: Iterable[tuple[Any, ...]] = rows.values_list("team__name", "role", *COLUMNS, *BEYOND)
    grants = [(name, _scope(*values)) for name, *values in columns]
    return {
        target: frozenset(name for name, grant in grants if _covers(grant, permission, target)) for target in targets
    }


def capable(user: Visitor, capability: Capability, permission: Permission, target: AccessTarget) -> bool:
    """Whether a grant with the permission on the target has the capability."""
    return any(capability in grant.capabilities for grant in _covering(user, permission, target))


def may_pass(user: Visitor, role: str, permission: Permission, target: AccessTarget) -> bool:
    """Whether a grant with the permission on the target lists the name of this role."""
    grants = _covering(user, permission, target)
    return any(matches(pattern, role) for grant in grants for pattern in grant.pass_roles)


def may_pass_within(user: Visitor, role: str, permission: Permission, target: AccessTarget) -> bool:
    """Whether a grant with the permission somewhere below the target lists the name of this role."""
    grants = [grant for grant in effective_grants(user) if _reaches(grant, permission, target)]
    return any(matches(pattern, role) for grant in grants for pattern in grant.pass_roles)


def permissions_at(user: Visitor, target: AccessTarget) -> frozenset[Permission]:
    return frozenset(permission for permission in Permission if can(user, permission, target))


def visible(
    queryset: QuerySet[M],
    user: Visitor,
    permission: Permission = Permission.VIEW,
    *,
    account: Path | None = "account__alias",
    region: Path | None = "region",
    cluster: Path | None = None,
    service: Path | None = None,
) -> QuerySet[M]:
    """Return the rows on which the user has the permission; the database filters them.

    Each level is the ORM path of its column, None when the rows have no such level. Of several paths the first one
    counts whose column is not empty.
    """
    columns: Columns = {"account": account, "region": region, "cluster": cluster, "service": service}
    roles = roles_with(permission)
    grants = [grant for grant in effective_grants(user) if grant.role in roles]
    conditions = [q for grant in grants if (q := _condition(grant, permission, columns)) is not None]
    if not conditions:
        return queryset.none()
    if not all(conditions):  # a grant on everything: or_ would ignore its empty condition
        return queryset
    return queryset.filter(reduce(or_, conditions))


def within(queryset: QuerySet[M], scope: GrantScope, columns: Columns) -> QuerySet[M]:
    """Return the rows in the scope of a grant, as far as it allows changes there."""
    condition = _condition(scope, Permission.OPERATE, columns)
    return queryset.none() if condition is None else queryset.filter(condition)


def fingerprint(user: Visitor) -> str:
    """Return a hash of the user's effective grants. Users with the same hash see the same pages."""
    text = "\n".join("\t".join(map(str, astuple(scope))) for scope in effective_grants(user))
    return sha256(text.encode()).hexdigest()[:16]


def effective_grants(user: Visitor) -> tuple[GrantScope, ...]:
    """Return the user's grants: read by one query, then cached on the user object for the rest of the request."""
    if not isinstance(user, User) or not user.is_active:
        return ()
    known: tuple[GrantScope, ...] | None = user.__dict__.get(CACHE)
    if known is None:
        known = (EVERYWHERE,) if user.is_superuser else tuple(sorted(_load(user)))
        user.__dict__[CACHE] = known
    return known


def scopes_of(grants: QuerySet[Grant]) -> list[GrantScope]:
    """Return the scopes and roles of these grants, sorted."""
    rows: Iterable[tuple[Any, ...]] = grants.order_by().values_list("role", *COLUMNS, *BEYOND)
    return sorted(_scope(*row) for row in rows)


def scope_of(grant: Grant) -> GrantScope:
    """Return the scope and role of a grant, which may not be saved yet."""
    alias = grant.account.alias if grant.account else None
    place = (grant.region, grant.cluster, grant.service)
    return _scope(grant.role, alias, *place, grant.capabilities, grant.pass_roles)


def forget(user: User) -> None:
    """Clear the cached grants of this user object."""
    user.__dict__.pop(CACHE, None)


def _load(user: User) -> set[GrantScope]:
    return set(scopes_of(Grant.objects.in_force().filter(Q(user=user) | Q(team__memberships__user=user))))


def _scope(
    role: str, alias: str | None, region: str, cluster: str, service: str, capabilities: Any, pass_roles: Any
) -> GrantScope:
    held = CAPABILITIES[role] if capabilities is None else capabilities
    patterns = ["*"] if role == Role.ADMIN else pass_roles
    beyond = (tuple(sorted(held)), tuple(sorted(patterns)))
    return GrantScope(role, "*" if alias is None else alias, region, cluster, service, *beyond)


def _reaches(grant: GrantScope, permission: Permission, target: AccessTarget) -> bool:
    """Return whether the grant covers something below the target."""
    named = [(level, name) for level in LEVELS if (name := getattr(target, level))]
    return permission in PERMISSIONS[grant.role] and all(matches(getattr(grant, level), name) for level, name in named)


def _covering(user: Visitor, permission: Permission, target: AccessTarget) -> list[GrantScope]:
    return [grant for grant in effective_grants(user) if _covers(grant, permission, target)]


def _covers(grant: GrantScope, permission: Permission, target: AccessTarget) -> bool:
    if permission not in PERMISSIONS[grant.role]:
        return False
    return all(_level_covers(getattr(grant, level), permission, getattr(target, level)) for level in LEVELS)


def _level_covers(pattern: str, permission: Permission, name: str) -> bool:
    if not name:
        return permission is Permission.VIEW or is_any(pattern)
    return matches(pattern, name)


def _condition(grant: GrantScope, permission: Permission, columns: Columns) -> Q | None:
    """Return the condition for the rows that a grant covers, None when it cannot cover any row."""
    condition = Q()
    for level in LEVELS:
        path, pattern = columns[level], getattr(grant, level)
        if is_any(pattern):
            continue
        if path is not None:
            condition &= _level_condition((path,) if isinstance(path, str) else path, pattern, permission)
        elif permission is not Permission.VIEW:
            return None
    return condition


def _level_condition(columns: tuple[str, ...], pattern: str, permission: Permission) -> Q:
    """Return the condition that the first of these columns that is not empty matches; for VIEW, or that all are."""
    first, *others = columns
    empty = Q(**{first: ""}) | Q(**{f"{first}__isnull": True})
    matching = Q(**_lookup(first, pattern))
    if others:
        return matching | (empty & _level_condition(tuple(others), pattern, permission))
    return matching | empty if permission is Permission.VIEW else matching & ~Q(**{first: ""})


def _lookup(column: str, pattern: str) -> dict[str, Any]:
    """Return the lookup of a pattern. A prefix uses an index on PostgreSQL; LIKE of SQLite ignores case."""
    if "*" not in pattern and "?" not in pattern:
        return {column: pattern}
    start = pattern.rstrip("*")
    if connection.vendor == "postgresql" and start != pattern and "*" not in start and "?" not in start:
        return {f"{column}__startswith": start}
    return {f"{column}__regex": regex(pattern)}

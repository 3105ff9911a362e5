"""Access policy: the only module that decides whether a user has a permission on a target.

A grant covers a target when each of its four patterns covers that level of the target. A level can be empty: a cluster
has no service, an account-wide resource has no cluster. For VIEW any pattern covers an empty level: a user who may view
one service of a cluster may also view the cluster. For every other permission only the pattern `*` covers an empty
level: a user who may deploy `web-*` may not change the cluster of these services.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, reduce
from hashlib import sha256
from operator import or_
from typing import Any, Final, TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import connection
from django.db.models import Model, Q, QuerySet

from ecsdash.access.models import Grant, User
from ecsdash.access.permissions import PERMISSIONS, Permission, Role, roles_with

M = TypeVar("M", bound=Model)
Visitor = AbstractBaseUser | AnonymousUser
LEVELS: Final = ("account", "region", "cluster", "service")
CACHE: Final = "_effective_grants"


@dataclass(frozen=True, slots=True)
class AccessTarget:
    """Target of a permission check: account alias, region, cluster name, service name. Empty levels do not apply."""

    account: str = ""
    region: str = ""
    cluster: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True, order=True)
class GrantScope:
    """The scope and role of a grant: one name pattern for each level."""

    role: str
    account: str = "*"
    region: str = "*"
    cluster: str = "*"
    service: str = "*"


EVERYWHERE: Final = GrantScope(role=Role.ADMIN)


def can(user: Visitor, permission: Permission, target: AccessTarget) -> bool:
    """Whether the user has the permission on the target."""
    return any(_covers(grant, permission, target) for grant in effective_grants(user))


def can_within(user: Visitor, permission: Permission, target: AccessTarget) -> bool:
    """Whether the user has the permission on any target below this one: an empty level matches every name."""
    return any(
        permission in PERMISSIONS[grant.role]
        and all(matches(getattr(grant, level), name) for level in LEVELS if (name := getattr(target, level)))
        for grant in effective_grants(user)
    )


def permissions_at(user: Visitor, target: AccessTarget) -> frozenset[Permission]:
    return frozenset(permission for permission in Permission if can(user, permission, target))


def visible(
    queryset: QuerySet[M],
    user: Visitor,
    permission: Permission = Permission.VIEW,
    *,
    account: str | None = "account__alias",
    region: str | None = "region",
    cluster: str | None = None,
    service: str | None = None,
) -> QuerySet[M]:
    """Return the rows on which the user has the permission; the database filters them.

    Each level is the ORM path of its column, None when the rows have no such level.
    """
    columns = {"account": account, "region": region, "cluster": cluster, "service": service}
    roles = roles_with(permission)
    grants = [grant for grant in effective_grants(user) if grant.role in roles]
    conditions = [q for grant in grants if (q := _condition(grant, permission, columns)) is not None]
    if not conditions:
        return queryset.none()
    return queryset.filter(reduce(or_, conditions))


def fingerprint(user: Visitor) -> str:
    """Return a hash of the user's effective grants. Users with the same hash see the same pages."""
    text = "\n".join("\t".join((s.role, s.account, s.region, s.cluster, s.service)) for s in effective_grants(user))
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


def forget(user: User) -> None:
    """Clear the cached grants of this user object."""
    user.__dict__.pop(CACHE, None)


def matches(pattern: str, name: str) -> bool:
    return _compiled(pattern).search(name) is not None


def _load(user: User) -> set[GrantScope]:
    mine = Q(user=user) | Q(team__memberships__user=user)
    rows: Iterable[tuple[str, ...]] = Grant.objects.filter(mine).order_by().values_list("role", *LEVELS)
    return {GrantScope(*row) for row in rows}


def _covers(grant: GrantScope, permission: Permission, target: AccessTarget) -> bool:
    if permission not in PERMISSIONS[grant.role]:
        return False
    return all(_level_covers(getattr(grant, level), permission, getattr(target, level)) for level in LEVELS)


def _level_covers(pattern: str, permission: Permission, name: str) -> bool:
    if not name:
        return permission is Permission.VIEW or _is_any(pattern)
    return matches(pattern, name)


def _condition(grant: GrantScope, permission: Permission, columns: dict[str, str | None]) -> Q | None:
    """Return the condition for the rows that a grant covers, None when it cannot cover any row."""
    condition = Q()
    for level in LEVELS:
        column, pattern = columns[level], getattr(grant, level)
        if _is_any(pattern):
            continue
        if column is not None:
            condition &= _column_condition(column, pattern, permission)
        elif permission is not Permission.VIEW:
            return None
    return condition


def _column_condition(column: str, pattern: str, permission: Permission) -> Q:
    lookup = _lookup(column, pattern)
    if permission is Permission.VIEW:
        return Q(**lookup) | Q(**{column: ""}) | Q(**{f"{column}__isnull": True})
    return Q(**lookup) & ~Q(**{column: ""})


def _lookup(column: str, pattern: str) -> dict[str, Any]:
    """Return the lookup of a pattern. A prefix uses an index on PostgreSQL; LIKE of SQLite ignores case."""
    if "*" not in pattern and "?" not in pattern:
        return {column: pattern}
    start = pattern.rstrip("*")
    if connection.vendor == "postgresql" and start != pattern and "*" not in start and "?" not in start:
        return {f"{column}__startswith": start}
    return {f"{column}__regex": regex(pattern)}


def _is_any(pattern: str) -> bool:
    return pattern.strip("*") == "" and pattern != ""


def regex(pattern: str) -> str:
    """Return the pattern as an anchored regular expression that works in Python and in PostgreSQL."""
    anything = r"(?:.|\n)"
    parts = {"*": f"{anything}*", "?": anything}
    return r"\A" + "".join(parts.get(char, re.escape(char)) for char in pattern) + r"\Z"


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern for Python: each `*` takes the shortest text that fits, and no other length is tried."""
    first, *rest = pattern.split("*")
    if not rest:
        return re.compile(regex(pattern))
    *middle, last = [regex(part)[2:-2] for part in rest]
    shortest = "".join(rf"(?>(?:.|\n)*?{part})" for part in middle if part)
    whole = rf"{regex(first)[:-2]}{shortest}(?:.|\n)*{last}\Z"
    return re.compile(whole)

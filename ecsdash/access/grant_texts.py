"""Texts about grants: what a grant allows beyond the permissions of its role. Pages and the audit trail use them."""

from collections.abc import Collection, Iterable
from typing import Protocol

from ecsdash.access.permissions import CAPABILITIES, Capability, Role

EVERY_ROLE = "every role"


class Held(Protocol):
    """A grant, or its scope in the policy. `capabilities` None: those that come with the role."""

    @property
    def role(self) -> str: ...
    @property
    def capabilities(self) -> Collection[str] | None: ...
    @property
    def pass_roles(self) -> Collection[str]: ...


def capability_name(capability: str) -> str:
    """Return the short name of a capability: `Host access`."""
    return Capability(capability).label.partition(":")[0]


def capabilities_of(grant: Held) -> list[str]:
    """Return the short names of a grant's capabilities, in the order of the form."""
    held = CAPABILITIES[grant.role] if grant.capabilities is None else grant.capabilities
    return _names(held)


def passed_roles_of(grant: Held) -> list[str]:
    """Return the name patterns of the roles that may be passed to AWS. Administrators may pass every role."""
    return [EVERY_ROLE] if grant.role == Role.ADMIN or "*" in grant.pass_roles else list(grant.pass_roles)


def brought_by_roles() -> list[tuple[str, str]]:
    """Return each role's label, and the capabilities that come with it as text."""
    return [(str(role.label), ", ".join(_names(CAPABILITIES[role])) or "None") for role in Role]


def described(grant: Held, scope: str) -> str:
    """Return the grant in one line, as the audit trail records it."""
    own = "" if grant.capabilities is None else " (chosen)"
    capabilities = ", ".join(capabilities_of(grant)).lower() or "none"
    passed = ", ".join(passed_roles_of(grant)) or "none"
    return f"{grant.role} on {scope}; capabilities: {capabilities}{own}; roles that may be passed: {passed}"


def _names(capabilities: Iterable[str]) -> list[str]:
    held = set(capabilities)
    return [capability_name(each) for each in Capability if each in held]

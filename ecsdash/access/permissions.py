"""Permissions and roles. Each role includes the permissions of the role before it."""

from enum import StrEnum
from typing import Final

from django.db.models import TextChoices


class Permission(StrEnum):
    VIEW = "view"
    DEPLOY = "deploy"  # deploy, scale, restart and roll back services; run and stop their tasks
    OPERATE = "operate"  # every other change of an ECS or EC2 resource
    REVEAL = "reveal"  # see hidden values: environment variables, commands, overrides
    ADMIN = "admin"  # people, teams, grants, AWS accounts, settings, export of the audit trail


class Capability(TextChoices):
    """What calls can do beyond the thing that they change. Names are those of the grant form."""

    HOST_ACCESS = "host_access", "Host access: privileged containers, host paths, namespaces and Linux capabilities"
    PUBLIC_EXPOSURE = "public_exposure", "Public exposure: internet-facing load balancers, public IP addresses"
    COMMAND_OVERRIDE = "command_override", "Command override: run tasks with another command or environment"


class Role(TextChoices):
    VIEWER = "viewer"
    DEPLOYER = "deployer"
    OPERATOR = "operator"
    ADMIN = "admin"


PERMISSIONS: Final[dict[str, frozenset[Permission]]] = {
    Role.VIEWER: frozenset({Permission.VIEW}),
    Role.DEPLOYER: frozenset({Permission.VIEW, Permission.DEPLOY}),
    Role.OPERATOR: frozenset({Permission.VIEW, Permission.DEPLOY, Permission.OPERATE, Permission.REVEAL}),
    Role.ADMIN: frozenset(Permission),
}


def roles_with(permission: Permission) -> frozenset[str]:
    return frozenset(role for role, held in PERMISSIONS.items() if permission in held)


#: Capabilities of a grant that does not list its own.
CAPABILITIES: Final[dict[str, frozenset[str]]] = {
    Role.VIEWER: frozenset(),
    Role.DEPLOYER: frozenset(),
    Role.OPERATOR: frozenset({Capability.PUBLIC_EXPOSURE, Capability.COMMAND_OVERRIDE}),
    Role.ADMIN: frozenset(Capability),
}

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

"""Users with different permissions, for the cluster `shop` of the account `demo` in `eu-central-1`.

viewer     can view everything in the account
deployer   is in the team `shop`, which can deploy the services `web-*` of the cluster `shop`
operator   can change everything in the account
admin      can administer the installation
outsider   can view another account only
"""

from dataclasses import dataclass
from typing import Final

import pytest

from ecsdash.access.models import Grant, Membership, Team, User
from ecsdash.access.permissions import Role

ACCOUNT: Final = "demo"
REGION: Final = "eu-central-1"
CLUSTER: Final = "shop"
SERVICE: Final = "web-front"
FOREIGN_SERVICE: Final = "billing"  # in the same cluster; the deployer has no grant for it
PASSWORD: Final = "correct horse battery staple"


@dataclass(frozen=True)
class Users:
    viewer: User
    deployer: User
    operator: User
    admin: User
    outsider: User

    def named(self, name: str) -> User:
        user: User = getattr(self, name)
        return user


def person(name: str, role: str | None = None, **scope: str) -> User:
    """Create a user, with a grant if a role is given."""
    user = User.objects.create_user(name, password=PASSWORD)
    if role:
        Grant.objects.create(user=user, role=role, **scope)
    return user


def team_member(name: str, team: str, role: str, **scope: str) -> User:
    """Create a user with a grant through a team."""
    user = User.objects.create_user(name, password=PASSWORD)
    holder, _ = Team.objects.get_or_create(name=team)
    Membership.objects.create(user=user, team=holder)
    Grant.objects.create(team=holder, role=role, **scope)
    return user


def create_users() -> Users:
    return Users(
        viewer=person("viewer", Role.VIEWER, account=ACCOUNT),
        deployer=team_member("deployer", "shop", Role.DEPLOYER, account=ACCOUNT, cluster=CLUSTER, service="web-*"),
        operator=person("operator", Role.OPERATOR, account=ACCOUNT),
        admin=person("admin", Role.ADMIN),
        outsider=person("outsider", Role.VIEWER, account="elsewhere"),
    )


@pytest.fixture
def users(db: None) -> Users:
    return create_users()


@pytest.fixture
def viewer(users: Users) -> User:
    return users.viewer


@pytest.fixture
def deployer(users: Users) -> User:
    return users.deployer


@pytest.fixture
def operator(users: Users) -> User:
    return users.operator


@pytest.fixture
def admin(users: Users) -> User:
    return users.admin


@pytest.fixture
def outsider(users: Users) -> User:
    return users.outsider

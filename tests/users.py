"""Users with different permissions, for the cluster `shop` of the account `demo` in `eu-central-1`.

viewer     can view everything in the account
deployer   is in the team `shop`, which can deploy the services `web-*` of the cluster `shop`
operator   can change everything in the account
admin      can administer the installation
outsider   can view another account only
"""

from dataclasses import dataclass, fields
from typing import Any, Final
from zlib import crc32

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from ecsdash.access.models import Grant, Membership, Team, User
from ecsdash.access.permissions import Role
from ecsdash.inventory.models import Account

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


def make_account(alias: str, **values: Any) -> Account:
    """Create the account, or give these values to the one that `granted_account` has made of a grant's alias."""
    account, _ = Account.objects.update_or_create(alias=alias, defaults={"enabled": True, "removed_at": None, **values})
    return account


def granted_account(alias: str) -> Account | None:
    """Return the account of a grant, None for `*`. One that the test has not created yet is like a removed one: only
    the grant has it."""
    if alias == "*":
        return None
    found = Account.objects.filter(alias=alias).first()
    absent = {"name": alias, "account_id": f"9{crc32(alias.encode()):011}", "enabled": False}
    return found or Account.objects.create(alias=alias, **absent, removed_at=timezone.now())


def create_grant(
    role: str, account: str = "*", region: str = "*", cluster: str = "*", service: str = "*", **columns: Any
) -> Grant:
    """Create a grant: `account` is an alias, or `*` for all accounts; `columns` have its user or team."""
    place = {"account": granted_account(account), "region": region, "cluster": cluster, "service": service}
    return Grant.objects.create(role=role, **place, **columns)


def person(name: str, role: str | None = None, **scope: Any) -> User:
    """Create a user, with a grant if a role is given."""
    user = User.objects.create_user(name, password=PASSWORD)
    if role:
        create_grant(role, user=user, **scope)
    return user


def team_member(name: str, team: str, role: str, **scope: Any) -> User:
    """Create a user with a grant through a team."""
    user = User.objects.create_user(name, password=PASSWORD)
    holder, _ = Team.objects.get_or_create(name=team)
    Membership.objects.create(user=user, team=holder)
    create_grant(role, team=holder, **scope)
    return user


def create_users() -> Users:
    """Create them in few statements, because most tests begin with it."""
    names, hashed = [field.name for field in fields(Users)], make_password(PASSWORD)
    users = Users(*User.objects.bulk_create(User(username=name, password=hashed) for name in names))
    shop, _ = Team.objects.get_or_create(name="shop")
    Membership.objects.create(user=users.deployer, team=shop)
    demo, elsewhere = granted_account(ACCOUNT), granted_account("elsewhere")
    grants = [
        Grant(user=users.viewer, role=Role.VIEWER, account=demo),
        Grant(team=shop, role=Role.DEPLOYER, account=demo, cluster=CLUSTER, service="web-*"),
        Grant(user=users.operator, role=Role.OPERATOR, account=demo),
        Grant(user=users.admin, role=Role.ADMIN),
        Grant(user=users.outsider, role=Role.VIEWER, account=elsewhere),
    ]
    Grant.objects.bulk_create(grants)
    return users


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

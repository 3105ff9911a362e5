"""The access policy as one table of roles and targets, checked by can() and by the query."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from pytest_django.fixtures import DjangoAssertNumQueries

from ecsdash.access import policy
from ecsdash.access.models import Grant, User
from ecsdash.access.patterns import matches
from ecsdash.access.permissions import Permission, Role
from ecsdash.access.targets import AccessTarget
from tests.users import ACCOUNT, CLUSTER, FOREIGN_SERVICE, REGION, SERVICE, Users, create_grant, person

VIEW, DEPLOY, OPERATE, REVEAL, ADMIN = Permission

INSTALLATION = AccessTarget()
THE_ACCOUNT = AccessTarget(ACCOUNT, REGION)
THE_CLUSTER = AccessTarget(ACCOUNT, REGION, CLUSTER)
OTHER_CLUSTER = AccessTarget(ACCOUNT, REGION, "bank")
OWN_SERVICE = AccessTarget(ACCOUNT, REGION, CLUSTER, SERVICE)
FOREIGN = AccessTarget(ACCOUNT, REGION, CLUSTER, FOREIGN_SERVICE)
OTHER_CLUSTERS_SERVICE = AccessTarget(ACCOUNT, REGION, "bank", SERVICE)
ELSEWHERE = AccessTarget("elsewhere", REGION, CLUSTER, SERVICE)

TABLE = [
    # place, permission, who
    (INSTALLATION, VIEW, {"viewer", "deployer", "operator", "admin", "outsider"}),
    (INSTALLATION, OPERATE, {"admin"}),
    (INSTALLATION, ADMIN, {"admin"}),
    (THE_ACCOUNT, VIEW, {"viewer", "deployer", "operator", "admin"}),
    (THE_ACCOUNT, DEPLOY, {"operator", "admin"}),
    (THE_ACCOUNT, OPERATE, {"operator", "admin"}),
    (THE_ACCOUNT, ADMIN, {"admin"}),
    (THE_CLUSTER, VIEW, {"viewer", "deployer", "operator", "admin"}),
    (THE_CLUSTER, DEPLOY, {"operator", "admin"}),
    (THE_CLUSTER, OPERATE, {"operator", "admin"}),
    (OTHER_CLUSTER, VIEW, {"viewer", "operator", "admin"}),
    (OWN_SERVICE, VIEW, {"viewer", "deployer", "operator", "admin"}),
    (OWN_SERVICE, DEPLOY, {"deployer", "operator", "admin"}),
    (OWN_SERVICE, OPERATE, {"operator", "admin"}),
    (FOREIGN, VIEW, {"viewer", "operator", "admin"}),
    (FOREIGN, DEPLOY, {"operator", "admin"}),
    (OTHER_CLUSTERS_SERVICE, VIEW, {"viewer", "operator", "admin"}),
    (OTHER_CLUSTERS_SERVICE, DEPLOY, {"operator", "admin"}),
    (ELSEWHERE, VIEW, {"admin", "outsider"}),
    (ELSEWHERE, DEPLOY, {"admin"}),
]


@pytest.mark.parametrize(("target", "permission", "allowed"), TABLE)
def test_the_policy_is_this_table(
    users: Users, target: AccessTarget, permission: Permission, allowed: set[str]
) -> None:
    people = ("viewer", "deployer", "operator", "admin", "outsider")
    assert {name for name in people if policy.can(users.named(name), permission, target)} == allowed


def test_nobody_anonymous_may_do_anything(db: None) -> None:
    assert not policy.can(AnonymousUser(), VIEW, INSTALLATION)
    assert not policy.visible(Grant.objects.all(), AnonymousUser(), region="region").exists()


def test_a_deactivated_user_may_do_nothing(admin: User) -> None:
    admin.is_active = False
    assert not policy.can(admin, VIEW, INSTALLATION)


def test_a_superuser_may_do_everything_without_a_grant(db: None) -> None:
    root = User.objects.create_superuser("root")
    assert policy.permissions_at(root, OWN_SERVICE) == frozenset(Permission)


def test_a_user_without_a_grant_may_do_nothing(db: None) -> None:
    assert policy.permissions_at(person("new"), THE_ACCOUNT) == frozenset()


def test_a_narrow_grant_hides_nothing_that_a_wide_one_shows(admin: User) -> None:
    create_grant(Role.VIEWER, region="elsewhere", user=admin)
    assert policy.visible(User.objects.all(), admin, account=None, region="username").contains(admin)


def test_permissions_add_up_over_grants(users: Users) -> None:
    create_grant(Role.DEPLOYER, ACCOUNT, user=users.viewer, service="api")
    assert policy.permissions_at(users.viewer, AccessTarget(ACCOUNT, REGION, CLUSTER, "api")) == {VIEW, DEPLOY}
    assert policy.permissions_at(users.viewer, OWN_SERVICE) == {VIEW}


@pytest.mark.parametrize(
    ("target", "permission", "allowed"),
    [
        (INSTALLATION, DEPLOY, {"deployer", "operator", "admin"}),
        (THE_ACCOUNT, DEPLOY, {"deployer", "operator", "admin"}),
        (THE_CLUSTER, DEPLOY, {"deployer", "operator", "admin"}),
        (THE_CLUSTER, OPERATE, {"operator", "admin"}),
        (OTHER_CLUSTER, DEPLOY, {"operator", "admin"}),
        (FOREIGN, DEPLOY, {"operator", "admin"}),
        (ELSEWHERE, VIEW, {"outsider", "admin"}),
    ],
)
def test_some_place_below_is_enough_to_open_a_form(
    users: Users, target: AccessTarget, permission: Permission, allowed: set[str]
) -> None:
    people = ("viewer", "deployer", "operator", "admin", "outsider")
    assert {name for name in people if policy.can_within(users.named(name), permission, target)} == allowed


@pytest.mark.parametrize(
    ("pattern", "name", "is_covered"),
    [
        ("shop", "shop", True),
        ("shop", "shop2", False),
        ("shop", "Shop", False),
        ("web-*", "web-", True),
        ("web-*", "my-web-1", False),
        ("web-?", "web-1", True),
        ("web-?", "web-12", False),
        ("web.1", "webx1", False),
        ("*-prod", "a-prod\nb", False),
        ("*", "", True),
    ],
)
def test_a_pattern_covers_whole_names_only(pattern: str, name: str, is_covered: bool) -> None:
    assert matches(pattern, name) is is_covered


def test_grants_are_read_once_per_user_object(viewer: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    policy.forget(viewer)
    with django_assert_num_queries(1):
        for place in (THE_ACCOUNT, THE_CLUSTER, OWN_SERVICE):
            policy.permissions_at(viewer, place)


def test_the_fingerprint_is_shared_by_those_who_may_do_the_same(users: Users) -> None:
    twin = person("twin", Role.VIEWER, account=ACCOUNT)
    assert policy.fingerprint(twin) == policy.fingerprint(users.viewer)
    assert policy.fingerprint(twin) != policy.fingerprint(users.deployer)


def test_the_fingerprint_follows_a_revocation(viewer: User) -> None:
    before = policy.fingerprint(viewer)
    Grant.objects.filter(user=viewer).delete()
    assert policy.fingerprint(User.objects.get(pk=viewer.pk)) != before


def test_a_grant_is_for_a_team_or_a_user_never_both(users: Users) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(role=Role.VIEWER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(role=Role.VIEWER, user=users.viewer, team=users.deployer.teams.get())

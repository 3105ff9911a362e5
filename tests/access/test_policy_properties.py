"""visible() and can() agree for random grants and rows."""

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from ecsdash.access import policy
from ecsdash.access.models import User
from ecsdash.access.permissions import Permission, Role
from ecsdash.access.targets import AccessTarget
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.verifier import GENESIS
from tests.users import create_grant

NAMES = st.sampled_from(["", "shop", "shop-1", "shop.1", "Shop", "shopx1", "a_b", "a+b", "web\n1"])
PATTERNS = st.sampled_from(["*", "shop", "shop*", "shop?1", "*1", "?*", "**", "a_b", "a+b", "web*", "s.*"])
PLACES = st.tuples(NAMES, NAMES, NAMES, NAMES)
ACCOUNTS = st.sampled_from(["*", "shop", "shop-1", "Shop", "a_b"])
GRANTS = st.tuples(st.sampled_from(Role.values), ACCOUNTS, PATTERNS, PATTERNS, PATTERNS)
COLUMNS = {"account": "account", "region": "region", "cluster": "cluster", "service": "service"}


class TestVisible(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(PLACES, min_size=1, max_size=12),
        st.lists(GRANTS, max_size=4),
        st.sampled_from(list(Permission)),
    )
    def test_visible_holds_exactly_the_rows_on_which_can_says_yes(
        self,
        places: list[tuple[str, str, str, str]],
        grants: list[tuple[str, str, str, str, str]],
        permission: Permission,
    ) -> None:
        user = User.objects.create_user("somebody")
        for role, *patterns in grants:
            create_grant(role, *patterns, user=user)
        _write(places)
        seen = policy.visible(AuditEvent.objects.all(), user, permission, **COLUMNS)
        expected = [
            number for number, place in enumerate(places, 1) if policy.can(user, permission, AccessTarget(*place))
        ]
        assert sorted(seen.values_list("seq", flat=True)) == expected

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(PLACES, min_size=1, max_size=8), GRANTS, st.sampled_from(list(Permission)))
    def test_rows_without_a_level_are_places_without_it(
        self,
        places: list[tuple[str, str, str, str]],
        grant: tuple[str, ...],
        permission: Permission,
    ) -> None:
        user = User.objects.create_user("somebody")
        create_grant(*grant, user=user)
        _write(places)
        seen = policy.visible(AuditEvent.objects.all(), user, permission, account="account", region="region")
        expected = [
            number for number, place in enumerate(places, 1) if policy.can(user, permission, AccessTarget(*place[:2]))
        ]
        assert sorted(seen.values_list("seq", flat=True)) == expected

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(PLACES, min_size=1, max_size=12), st.lists(GRANTS, max_size=4), st.sampled_from(list(Permission)))
    def test_of_two_columns_of_a_level_the_first_counts_that_is_not_empty(
        self, places: list[tuple[str, str, str, str]], grants: list[tuple[str, ...]], permission: Permission
    ) -> None:
        user = User.objects.create_user("somebody")
        for grant in grants:
            create_grant(*grant, user=user)
        _write(places)
        seen = policy.visible(
            AuditEvent.objects.all(),
            user,
            permission,
            account="account",
            region="region",
            service=("service", "cluster"),
        )
        expected = [
            number
            for number, (account, region, cluster, service) in enumerate(places, 1)
            if policy.can(user, permission, AccessTarget(account, region, service=service or cluster))
        ]
        assert sorted(seen.values_list("seq", flat=True)) == expected


def _write(places: list[tuple[str, str, str, str]]) -> None:
    """Write audit events, which have columns for all four levels."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            seq=number,
            at=timezone.now(),
            action="x",
            prev_hash=GENESIS,
            hash=GENESIS,
            **dict(zip(policy.LEVELS, place, strict=True)),
        )
        for number, place in enumerate(places, 1)
    )

"""A grant stays with its account, whatever the account is called."""

import pytest
from django.db.migrations.state import StateApps
from django.test import Client
from structlog.testing import capture_logs

from ecsdash.access import policy
from ecsdash.access.models import Grant, User
from ecsdash.access.permissions import Permission, Role
from ecsdash.access.targets import AccessTarget
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory.models import Account
from tests.databases import migrated_to
from tests.users import create_grant, make_account, person

pytestmark = pytest.mark.django_db
BEFORE = ("access", "0003_preferences")


def rename(**aliases: str) -> None:
    """Rename accounts, one after the other."""
    for old, new in aliases.items():
        account = Account.objects.get(alias=old)
        account.alias = new
        account.save()


def fresh(user: User) -> User:
    """The user as the next request reads it."""
    return User.objects.get(pk=user.pk)


def test_two_accounts_that_swap_their_short_names_keep_their_own_grants() -> None:
    shop = make_account("shop", name="Shop", account_id="1" * 12)
    bank = make_account("bank", name="Bank", account_id="2" * 12)
    of_shop, of_bank = person("ann", Role.OPERATOR, account="shop"), person("ben", Role.VIEWER, account="bank")
    before = policy.fingerprint(of_shop), policy.fingerprint(of_bank)

    rename(shop="for-a-moment", bank="shop")
    rename(**{"for-a-moment": "bank"})

    assert (shop.grants.get().user, bank.grants.get().user) == (of_shop, of_bank)
    assert policy.can(fresh(of_shop), Permission.OPERATE, AccessTarget("bank"))
    assert not policy.can(fresh(of_shop), Permission.VIEW, AccessTarget("shop"))
    assert policy.can(fresh(of_bank), Permission.VIEW, AccessTarget("shop"))
    assert not policy.can(fresh(of_bank), Permission.VIEW, AccessTarget("bank"))
    seen = policy.visible(Account.objects.all(), fresh(of_shop), account="alias", region=None)
    assert list(seen) == [shop]
    assert not {policy.fingerprint(fresh(of_shop)), policy.fingerprint(fresh(of_bank))} & {*before}


def test_a_new_account_with_an_old_short_name_inherits_nothing() -> None:
    make_account("shop", name="Shop", account_id="1" * 12)
    ann = person("ann", Role.OPERATOR, account="shop")
    rename(shop="shop-old")
    make_account("shop", name="Another", account_id="2" * 12)
    assert not policy.can(fresh(ann), Permission.VIEW, AccessTarget("shop"))


def test_the_grants_of_an_account_that_is_deleted_go_with_it() -> None:
    account = make_account("shop", name="Shop", account_id="1" * 12)
    person("ann", Role.OPERATOR, account="shop")
    account.delete()
    assert not Grant.objects.exists()


def test_a_removed_account_keeps_its_grants_and_taking_it_up_again_says_which(client: Client) -> None:
    make_account("shop", name="Shop", account_id="1" * 12, regions=["eu-central-1"])
    person("ann", Role.OPERATOR, account="shop")
    client.force_login(User.objects.create_superuser("root"))
    assert "the grants (1)" in client.get("/settings/accounts/shop/remove/").content.decode()
    client.post("/settings/accounts/shop/remove/", {"name": "shop"})

    again = {"name": "Shop", "account_id": "1" * 12, "environment": "staging", "regions": "eu-central-1"}
    assert client.post("/settings/accounts/new/", {**again, "alias": "shop-again"}).status_code == 302

    change = {"path": "grants", "before": [], "after": ["operator for user ann on shop-again/*/*/*"]}
    assert change in AuditEvent.objects.latest("seq").changes


def test_no_account_takes_the_short_name_of_a_removed_one(client: Client) -> None:
    person("ann", Role.OPERATOR, account="shop")
    client.force_login(User.objects.create_superuser("root"))
    another = {"name": "Shop", "account_id": "1" * 12, "environment": "staging", "regions": "eu-central-1"}
    assert client.post("/settings/accounts/new/", {**another, "alias": "shop"}).status_code == 422


def text_grants(apps: StateApps, *patterns: str) -> None:
    """Create a grant of each of these patterns, one user for each, with the models before the migration."""
    for number, alias in enumerate(["shop-1", "shop-2"], 2):
        apps.get_model("inventory", "Account").objects.create(alias=alias, account_id=str(number) * 12)
    for pattern in patterns:
        user = apps.get_model("access", "User").objects.create(username=pattern)
        apps.get_model("access", "Grant").objects.create(user=user, role="viewer", account=pattern, note="Because")


@pytest.mark.django_db(transaction=True)
def test_the_migration_goes_back_to_short_names_and_finds_the_accounts_of_text_grants() -> None:
    """Both ways in one test: each of them applies the migrations of all apps."""
    make_account("bank", name="Bank", account_id="1" * 12)
    user = person("ann", Role.VIEWER, account="bank")
    create_grant(Role.ADMIN, user=user)
    with capture_logs() as logs, migrated_to(BEFORE) as apps:
        before = apps.get_model("access", "Grant").objects
        assert sorted(before.values_list("account", flat=True)) == ["*", "bank"]
        before.all().delete()
        text_grants(apps, "*", "**", "bank", "shop-?", "nothing-*", "gone")
    grants = Grant.objects.order_by("user__username", "account__alias")
    found = [(str(grant.user), grant.account_alias, grant.note) for grant in grants]
    note = "Because. From the account pattern shop-?"
    assert found == [
        ("*", "*", "Because"),
        ("**", "*", "Because"),
        ("bank", "bank", "Because"),
        ("shop-?", "shop-1", note),
        ("shop-?", "shop-2", note),
    ]
    dropped = {each["account"] for each in logs if each["event"] == "grant_without_account_deleted"}
    assert dropped == {"nothing-*", "gone"}
    whole = next(each for each in logs if each["account"] == "gone")
    assert {"role": "viewer", "user": "gone", "cluster": "*", "note": "Because"}.items() <= whole.items()

import pytest
from django.test import Client
from django.urls import reverse

from ecsdash.access.models import User
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from tests.example.models import AccountSetting
from tests.users import REGION


@pytest.fixture
def scope(aws_account: Account) -> Scope:
    scope = Scope(aws_account, REGION)
    sweep_now(scope, "account_settings")
    return scope


def test_the_page_lists_the_settings_with_their_values(scope: Scope, viewer: User, client: Client) -> None:
    client.force_login(viewer)
    page = client.get(reverse("example:account_settings", kwargs=scope.url_kwargs())).content.decode()

    assert "fargateTaskRetirementWaitPeriod" in page
    assert ">Value</a>" in page
    assert '<span class="mono">7</span>' in page


def test_the_column_is_sorted_filtered_and_exported(scope: Scope, viewer: User, client: Client) -> None:
    client.force_login(viewer)
    asked = {"q": "value:7", "sort": "value", "format": "csv"}
    answer = client.get(reverse("example:account_settings", kwargs=scope.url_kwargs()), asked)

    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines == ["Setting,Value", "fargateTaskRetirementWaitPeriod,7"]


def test_only_who_may_change_a_setting_is_offered_it(scope: Scope, viewer: User, admin: User, client: Client) -> None:
    row = AccountSetting.objects.get(name="containerInsights")
    offered = reverse("actions:change_account_setting", kwargs=row.url_kwargs())

    def menu(user: User) -> str:
        client.force_login(user)
        address = reverse("example:account_settings", kwargs=scope.url_kwargs())
        return client.get(address, {"menu": row.pk}).content.decode()

    assert offered in menu(admin)
    assert offered not in menu(viewer)

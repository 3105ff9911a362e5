import pytest
from django.test import Client
from django.urls import reverse

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory.accounts.permissions import feature_permissions
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from ecsdash.operations.models import Draft
from tests.example.models import AccountSetting
from tests.operations import drive
from tests.processes import Sandbox
from tests.users import REGION

NAME = "change_account_setting"


@pytest.fixture
def setting(aws_account: Account) -> AccountSetting:
    sweep_now(Scope(aws_account, REGION), "account_settings")
    found: AccountSetting = AccountSetting.objects.get(name="containerInsights")
    return found


def test_from_the_form_to_the_changed_value_in_aws(
    setting: AccountSetting, sandbox: Sandbox, admin: User, client: Client
) -> None:
    client.force_login(admin)
    address = reverse(f"actions:{NAME}", kwargs=setting.url_kwargs())
    assert 'value="disabled"' in client.get(address).content.decode()

    review = client.post(address, {"value": "enabled"})
    draft = Draft.objects.get()
    assert review["Location"] == reverse("operations:draft", args=[draft.pk])
    assert "Change containerInsights from disabled to enabled" in client.get(review["Location"]).content.decode()

    operation = drive.succeed(drive.confirm(draft), sandbox)

    shown = sandbox.client("ecs").list_account_settings(name="containerInsights", effectiveSettings=True)
    assert [each["value"] for each in shown["settings"]] == ["enabled"]
    events = AuditEvent.objects.filter(operation=operation.pk)
    assert {(event.actor_name, event.action, event.resource_name) for event in events} == {
        ("admin", NAME, "containerInsights")
    }


def test_undo_restores_the_former_value(setting: AccountSetting, sandbox: Sandbox, admin: User) -> None:
    scope = Scope(setting.account, setting.region)
    undo = drive.review(NAME, admin, scope, setting.url_kwargs(), {"value": "enabled"}).plan.undo
    assert undo is not None
    assert (undo.action, undo.data) == (NAME, {"value": "disabled"})


def test_it_stops_when_the_value_changed_since_the_review(
    setting: AccountSetting, sandbox: Sandbox, admin: User
) -> None:
    scope = Scope(setting.account, setting.region)
    operation = drive.start(NAME, admin, scope, setting.url_kwargs(), {"value": "enabled"})
    sandbox.client("ecs").put_account_setting(name="containerInsights", value="enhanced")

    drive.drive(operation, sandbox)

    assert operation.state == "failed"
    assert "value is now enhanced" in operation.error["message"]


def test_the_same_value_is_refused_at_its_field(setting: AccountSetting, admin: User) -> None:
    scope = Scope(setting.account, setting.region)
    found = drive.errors(NAME, admin, scope, setting.url_kwargs(), {"value": "disabled"})
    assert found == {"value": ["The value is already disabled. Enter another value."]}


@pytest.mark.parametrize("person", ["viewer", "operator"])
def test_the_permission_is_asked_for(
    setting: AccountSetting, person: str, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    address = reverse(f"actions:{NAME}", kwargs=setting.url_kwargs())
    assert client.get(address).status_code == 403
    assert client.post(address, {"value": "enabled"}).status_code == 403
    assert not Draft.objects.exists()


def test_the_iam_actions_are_listed() -> None:
    declared = {action for each in feature_permissions() for action in each.actions}
    assert {"ecs:ListAccountSettings", "ecs:PutAccountSetting"} <= declared

"""CloudTrail names the person of each call of an operation."""

import json
from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.inventory.accounts.permissions import PolicyLevel
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.operations import control
from ecsdash.operations.models import Draft
from ecsdash.operations.states import OperationState
from tests.inventory.accounts.pasted_roles import WRITER, paste_roles
from tests.operations import drive
from tests.processes import REGION, Sandbox
from tests.services.simulated_services import IN_SERVICE, SimulatedServices

NO_UPDATE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "ecs:UpdateService", "Resource": "*"}],
}


@pytest.fixture
def stage(aws_account: Account, sandbox: Sandbox) -> SimulatedServices:
    stage = SimulatedServices(Scope(aws_account, REGION), sandbox)
    stage.build()
    stage.steady_service()
    return stage


def recorded(stage: SimulatedServices, name: str) -> list[dict[str, Any]]:
    """Return the records of CloudTrail of an ECS call, the oldest first."""
    asked = [{"AttributeKey": "EventName", "AttributeValue": name}]
    events = stage.client("cloudtrail").lookup_events(LookupAttributes=asked)["Events"]
    return [json.loads(each["CloudTrailEvent"]) for each in reversed(events)]


def test_cloudtrail_names_the_person_of_each_call_also_after_a_retry_by_another(
    stage: SimulatedServices, deployer: User, operator: User
) -> None:
    paste_roles(stage.sandbox, stage.scope.account, PolicyLevel.DEPLOY)
    stage.sandbox.calls()
    iam, before = stage.client("iam"), len(recorded(stage, "RegisterTaskDefinition"))
    iam.put_role_policy(RoleName=WRITER, PolicyName="no-update", PolicyDocument=json.dumps(NO_UPDATE))
    operation = drive.drive(stage.start("deploy_service", deployer, {"tag-web": "1.28"}, **IN_SERVICE), stage.sandbox)
    assert (operation.state, operation.error["code"]) == (OperationState.FAILED, "AccessDeniedException")
    iam.delete_role_policy(RoleName=WRITER, PolicyName="no-update")
    control.retry(operation, by=operator, source_ip="", enqueue_run=lambda _: None)
    drive.succeed(operation, stage.sandbox, 20)

    (registered,) = recorded(stage, "RegisterTaskDefinition")[before:]
    refused, updated = recorded(stage, "UpdateService")
    session = "arn:aws:sts::123456789012:assumed-role/ecsdash-writer/ecsdash-"
    for event, user in ((registered, deployer), (refused, deployer), (updated, operator)):
        assert event["userIdentity"]["arn"] == f"{session}{user.username}"
        assert event["userIdentity"]["sessionContext"]["sourceIdentity"] == user.username
    assert refused["errorCode"] == "AccessDeniedException"
    assert stage.sandbox.calls()["calls"]["sts:AssumeRole"] == 3, "one session of each person, and the reader's"


def test_without_permission_to_name_it_the_person_is_in_the_session_name(
    stage: SimulatedServices, deployer: User
) -> None:
    paste_roles(stage.sandbox, stage.scope.account, PolicyLevel.DEPLOY, named=False)
    stage.do("scale_service", deployer, {"desired_count": 3}, **IN_SERVICE)
    (event,) = recorded(stage, "UpdateService")
    assert event["userIdentity"]["arn"].endswith(f"/ecsdash-{deployer.username}")
    assert "sourceIdentity" not in event["userIdentity"]["sessionContext"]


def test_without_a_role_the_person_is_in_the_user_agent(stage: SimulatedServices, deployer: User) -> None:
    stage.do("scale_service", deployer, {"desired_count": 3}, **IN_SERVICE)
    (event,) = recorded(stage, "UpdateService")
    assert event["userAgent"].endswith(f" caller/ecsdash-{deployer.username}")


def test_nothing_is_changed_in_a_read_only_account(stage: SimulatedServices, operator: User) -> None:
    operation = stage.start("scale_service", operator, {"desired_count": 3}, **IN_SERVICE)
    paste_roles(stage.sandbox, stage.scope.account, PolicyLevel.READ)
    drive.drive(operation, stage.sandbox)
    assert (operation.state, operation.error["code"]) == (OperationState.FAILED, "WriteRefused")
    assert stage.service().desired_count == 2
    with pytest.raises(control.NotNow, match="connected read-only"):
        control.retry(operation, by=operator, source_ip="", enqueue_run=lambda _: None)
    assert stage.errors("scale_service", operator, {"desired_count": 4}, **IN_SERVICE) == {
        "__all__": ["This account is connected read-only."]
    }


def test_buttons_of_a_read_only_account_are_disabled_with_the_reason(
    stage: SimulatedServices, operator: User, client: Client
) -> None:
    paste_roles(stage.sandbox, stage.scope.account, PolicyLevel.READ)
    client.force_login(operator)
    shown = client.get(stage.service().get_absolute_url()).content.decode()
    assert "This account is connected read-only." in shown
    assert "/deploy/" not in shown.partition("<main")[2]
    posted = client.post(f"/demo/{REGION}/services/shop/web-front/scale/", {"desired_count": 3})
    assert (posted.status_code, Draft.objects.count()) == (422, 0)

"""Changes made beside the dashboard are read, attributed and recorded once."""

from typing import Any

import boto3
import pytest
from botocore.config import Config

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.aws.errors import AwsError
from ecsdash.external_changes import sync
from ecsdash.external_changes.models import NOUN, ExternalChange, ReadPosition
from ecsdash.inventory.models import Account, FormerState, SweepState
from ecsdash.operations import runner
from tests.external_changes.elsewhere import SERVICE, Elsewhere, recorded
from tests.operations import drive
from tests.processes import REGION
from tests.services.definitions import container, fargate

SECRET = "correct-horse-battery-staple"


def changes_of(event: AuditEvent) -> dict[str, Any]:
    return {change["path"]: (change["before"], change["after"]) for change in event.changes}


def test_a_change_with_boto3_is_recorded_with_person_source_and_difference(elsewhere: Elsewhere) -> None:
    elsewhere.change_service(desiredCount=5)
    elsewhere.read()
    (event,) = recorded()
    assert (event.actor, event.actor_name, event.source_ip) == (None, "moto", "127.0.0.1")
    assert (event.account, event.cluster, event.service) == ("demo", "shop", "web-front")
    assert event.resource_arn == elsewhere.service().arn
    assert changes_of(event) == {"desiredCount": (2, 5)}
    assert event.detail["call"] == "ecs.update_service"
    assert event.detail["identity"]["arn"].endswith(":user/moto")
    assert "Boto3" in event.detail["user_agent"]
    assert (event.code, event.request_ids) == ("external.changed", [elsewhere.change().request_id])


def test_what_was_made_before_the_first_read_is_not_recorded(elsewhere: Elsewhere) -> None:
    elsewhere.read()
    assert not recorded()


def test_a_second_read_records_nothing_again(elsewhere: Elsewhere) -> None:
    elsewhere.change_service(desiredCount=5)
    elsewhere.read()
    elsewhere.read()
    assert len(recorded()) == 1


def test_the_difference_is_known_when_a_sweep_was_faster_than_cloudtrail(elsewhere: Elsewhere) -> None:
    elsewhere.change_service(desiredCount=5)
    elsewhere.sweep("services")
    elsewhere.read()
    (event,) = recorded()
    assert changes_of(event) == {"desiredCount": (2, 5)}


def test_each_of_two_changes_between_two_sweeps_has_its_own_difference(elsewhere: Elsewhere) -> None:
    elsewhere.change_service(desiredCount=5)
    elsewhere.sandbox.step(1)
    elsewhere.change_service(desiredCount=3)
    elsewhere.read()
    assert [changes_of(event) for event in recorded()] == [{"desiredCount": (2, 5)}, {"desiredCount": (5, 3)}]


def test_a_new_revision_is_recorded_with_what_differs_and_without_values(elsewhere: Elsewhere) -> None:
    environment = [{"name": "STAGE", "value": SECRET}]
    body = fargate(
        container("web", "nginx:1.28", environment=environment, command=["serve", SECRET]), family="web-front"
    )
    elsewhere.client("ecs").register_task_definition(**body)
    elsewhere.change_service(taskDefinition="web-front:2")
    elsewhere.read()
    by_call = {event.detail["call"]: changes_of(event) for event in recorded()}
    assert by_call["ecs.register_task_definition"]["containers.web.image"] == ("nginx:1.27", "nginx:1.28")
    assert by_call["ecs.update_service"] == {"taskDefinition": ("web-front:1", "web-front:2")}
    stored = [*AuditEvent.objects.values(), *ExternalChange.objects.values(), *FormerState.objects.values()]
    assert SECRET not in str(stored)


def test_changes_of_scaling_are_recorded_at_the_service(elsewhere: Elsewhere) -> None:
    elsewhere.limit(1, 4)
    elsewhere.sweep("scalable_targets")
    elsewhere.sandbox.step(1)
    elsewhere.limit(1, 9)
    elsewhere.read()
    created, changed = recorded()
    assert {created.service, changed.service} == {"web-front"}
    assert changes_of(changed) == {"MaxCapacity": (4, 9)}


def test_our_own_operations_are_never_external(elsewhere: Elsewhere, admin: User) -> None:
    elsewhere.do("scale_service", admin, {"desired_count": 3}, **SERVICE)
    elsewhere.read()
    assert not ExternalChange.objects.exists()
    assert not recorded()


def test_a_call_of_ours_whose_answer_was_lost_waits_and_is_ours(elsewhere: Elsewhere, admin: User) -> None:
    operation = elsewhere.start("scale_service", admin, {"desired_count": 3}, **SERVICE)
    elsewhere.sandbox.set_fault("answers-lost", on=True, pattern="ecs:UpdateService")
    runner.run(operation.pk)
    elsewhere.sandbox.set_fault("answers-lost")
    elsewhere.read()
    assert [each.state for each in ExternalChange.objects.all()] == ["pending"]
    drive.succeed(operation, elsewhere.sandbox, 20)
    elsewhere.read()
    assert not ExternalChange.objects.exists()
    assert not recorded()
    pretending = boto3.client(
        "ecs", region_name=REGION, endpoint_url=elsewhere.sandbox.url, aws_access_key_id="test",
        aws_secret_access_key="test", config=Config(user_agent_extra="ecsdash"),
    )  # fmt: skip
    pretending.update_service(**SERVICE, desiredCount=9)
    elsewhere.read()
    assert [changes_of(event)["desiredCount"][1] for event in recorded()] == [9], "one lost answer explains one call"


def test_a_change_beside_an_operation_in_progress_is_external(elsewhere: Elsewhere, admin: User) -> None:
    operation = elsewhere.start("scale_service", admin, {"desired_count": 3}, **SERVICE)
    runner.run(operation.pk)
    elsewhere.change_service(desiredCount=1)
    elsewhere.read()
    assert [changes_of(event)["desiredCount"][1] for event in recorded()] == [1]


def test_a_denied_lookup_is_said_in_words_and_is_no_failed_scan(elsewhere: Elsewhere) -> None:
    role = elsewhere.client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}]}'
    elsewhere.client("iam").put_role_policy(RoleName="reader", PolicyName="ecs", PolicyDocument=policy)
    Account.objects.update(reader_role_arn=role)
    elsewhere.scope.account.refresh_from_db()
    elsewhere.read()
    assert "cloudtrail:LookupEvents" in ReadPosition.objects.get().problem
    assert SweepState.objects.get(noun=NOUN).error == ""


def test_throttling_loses_no_change(elsewhere: Elsewhere) -> None:
    elsewhere.change_service(desiredCount=5)
    elsewhere.sandbox.set_fault("api-throttling", on=True, pattern="cloudtrail:LookupEvents")
    with pytest.raises(AwsError):
        sync.sweep_external_changes(elsewhere.scope)
    elsewhere.sandbox.set_fault("api-throttling")
    assert not recorded()
    elsewhere.read()
    assert len(recorded()) == 1

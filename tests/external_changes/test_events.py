"""Which events of CloudTrail are changes, and who made them."""

from typing import Any

import pytest

from ecsdash.external_changes.events import record_of
from ecsdash.external_changes.models import ExternalChange

ROLE = "arn:aws:iam::123456789012:role"
SESSION: dict[str, Any] = {
    "type": "AssumedRole",
    "arn": "arn:aws:sts::123456789012:assumed-role/deployer/anna",
    "sessionContext": {"sessionIssuer": {"type": "Role", "arn": f"{ROLE}/deployer", "userName": "deployer"}},
}


def read(identity: dict[str, Any] | None = None, **event: Any) -> Any:
    whole = {
        "userIdentity": SESSION if identity is None else identity,
        "eventTime": "2027-01-15T08:00:00Z",
        "eventSource": "ecs.amazonaws.com",
        "eventName": "UpdateService",
        "awsRegion": "eu-central-1",
        "requestParameters": {"cluster": "shop", "service": "web", "desiredCount": 3},
        "eventID": "0f0f",
        "recipientAccountId": "123456789012",
        **event,
    }
    return record_of(whole, ExternalChange.Source.CLOUDTRAIL)


@pytest.mark.parametrize(
    ("identity", "person"),
    [
        ({"type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/ops/anna", "userName": "anna"}, "anna"),
        ({"type": "Root", "arn": "arn:aws:iam::123456789012:root"}, "root user"),
        (SESSION, "anna"),
        ({**SESSION, "sessionContext": {"sourceIdentity": "anna@example.com"}}, "anna@example.com"),
        ({"type": "IdentityCenterUser", "principalId": "AROA:anna"}, "AROA:anna"),
    ],
)
def test_the_person_is_named_as_aws_knows_them(identity: dict[str, Any], person: str) -> None:
    assert read(identity).columns["person"] == person


@pytest.mark.parametrize(
    "event",
    [
        {"errorCode": "AccessDeniedException"},
        {"readOnly": True},
        {"eventSource": "s3.amazonaws.com"},
        {"eventName": "SubmitTaskStateChange"},
        {"identity": {"type": "AWSService", "invokedBy": "ecs.amazonaws.com"}},
        {
            "identity": {
                **SESSION,
                "sessionContext": {"sessionIssuer": {"arn": f"{ROLE}/aws-service-role/ecs.amazonaws.com/ForECS"}},
            }
        },
        {"eventName": "RunTask", "identity": {**SESSION, "invokedBy": "scheduler.amazonaws.com"}},
    ],
)
def test_what_no_person_changed_is_left_out(event: dict[str, Any]) -> None:
    assert read(**event) is None


def test_a_change_through_cloudformation_is_of_the_person_who_started_it() -> None:
    record = read({**SESSION, "invokedBy": "cloudformation.amazonaws.com"})
    assert record.columns["person"] == "anna"
    assert record.description["invokedBy"] == "cloudformation.amazonaws.com"


def test_parameters_have_the_names_that_boto3_takes() -> None:
    parameters = {"listenerArn": "arn:listener", "defaultActions": [{"type": "forward", "targetGroupArn": "arn:group"}]}
    record = read(
        eventSource="elasticloadbalancing.amazonaws.com", eventName="ModifyListener", requestParameters=parameters
    )
    assert record.columns["call"] == "elbv2.modify_listener"
    assert record.description["parameters"] == {
        "ListenerArn": "arn:listener",
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": "arn:group"}],
    }


def test_hidden_values_and_access_keys_are_not_stored() -> None:
    variables = [{"name": "STAGE", "value": "hunter2"}]
    record = read(
        {**SESSION, "accessKeyId": "ASIAIOSFODNN7EXAMPLE"},
        eventName="RunTask",
        requestParameters={"overrides": {"containerOverrides": [{"name": "web", "environment": variables}]}},
    )
    assert "hunter2" not in str(record)
    assert "ASIAIOSFODNN7EXAMPLE" not in str(record)

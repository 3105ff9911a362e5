"""What assumed roles may do, and what CloudTrail remembers of it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ecsdash.sandbox.http.policies import judge
from tests.sandbox.conftest import REGION, Sandbox
from tests.sandbox.http.test_endpoint import refusal

CLUSTER = f"arn:aws:ecs:{REGION}:123456789012:cluster/shop"


def statement(*actions: str, effect: str = "Allow", resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": list(actions), "Resource": resource, **more}


def keys_of_role(sandbox: Sandbox, *statements: dict[str, Any], name: str = "deployer") -> dict[str, str]:
    iam = sandbox.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    policy = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    arn = f"arn:aws:iam::123456789012:role/{name}"
    granted = sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="ana")["Credentials"]
    return {
        "aws_access_key_id": granted["AccessKeyId"],
        "aws_secret_access_key": granted["SecretAccessKey"],
        "aws_session_token": granted["SessionToken"],
    }


def test_a_role_whose_policy_lacks_an_action_is_refused_in_the_words_of_aws(sandbox: Sandbox) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    ecs = sandbox.client_as("ecs", **keys_of_role(sandbox, statement("ecs:Describe*", "ecs:List*")))
    assert ecs.describe_clusters(clusters=["shop"])["clusters"]
    with pytest.raises(ClientError) as caught:
        ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web")
    assert refusal(caught) == "AccessDeniedException"
    assert caught.value.response["Error"]["Message"] == (
        "User: arn:aws:sts::123456789012:assumed-role/deployer/ana is not authorized to perform: ecs:CreateService "
        f"on resource: arn:aws:ecs:{REGION}:123456789012:service/shop/web "
        "because no identity-based policy allows the ecs:CreateService action"
    )


def test_other_services_refuse_in_their_own_words(sandbox: Sandbox) -> None:
    keys = keys_of_role(sandbox, statement("ecs:*"))
    for service, call, code in (
        ("ec2", "describe_vpcs", "UnauthorizedOperation"),
        ("elbv2", "describe_load_balancers", "AccessDenied"),
        ("logs", "describe_log_groups", "AccessDeniedException"),
    ):
        with pytest.raises(ClientError) as caught:
            getattr(sandbox.client_as(service, **keys), call)()
        assert refusal(caught) == code
    assert sandbox.client_as("sts", **keys).get_caller_identity()["Account"] == "123456789012"


def test_a_role_is_passed_only_by_whom_iam_lets(sandbox: Sandbox) -> None:
    sandbox.client("iam").create_role(RoleName="task", AssumeRolePolicyDocument="{}")
    ecs = sandbox.client_as("ecs", **keys_of_role(sandbox, statement("ecs:*")))
    container = {"name": "web", "image": "web:1", "memory": 128}
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    role = "arn:aws:iam::123456789012:role/task"
    with pytest.raises(ClientError) as caught:
        ecs.register_task_definition(family="web", containerDefinitions=[container], taskRoleArn=role)
    assert "iam:PassRole on resource: arn:aws:iam::123456789012:role/task" in str(caught.value)


def test_policies_are_switched_off_for_who_does_not_test_them(sandbox: Sandbox) -> None:
    ecs = sandbox.client_as("ecs", **keys_of_role(sandbox, statement("logs:*")))
    with pytest.raises(ClientError):
        ecs.list_clusters()
    assert sandbox.admin("limits", policies=False)[1]["policies"] is False
    assert ecs.list_clusters()["clusterArns"] == []


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([statement("ecs:UpdateService")], "allowed"),
        ([statement("ECS:updateservice")], "allowed"),
        ([statement("ecs:*", resource="arn:aws:ecs:*:*:service/shop/*")], "allowed"),
        ([statement("ecs:*", resource="arn:aws:ecs:*:*:service/bank/*")], "not allowed"),
        ([statement("*"), statement("ecs:Update*", effect="Deny")], "denied"),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "allowed"),
        ([{"Effect": "Allow", "NotAction": "ecs:*", "Resource": "*"}], "not allowed"),
        ([statement("ecs:*", Condition={"ArnEquals": {"ecs:cluster": CLUSTER}})], "allowed"),
        ([statement("ecs:*", Condition={"ArnLike": {"ecs:cluster": "*/bank"}})], "not allowed"),
        ([statement("ecs:*", Condition={"StringEquals": {"aws:RequestTag/team": "a"}})], "not allowed"),
        ([statement("ecs:*", Condition={"StringEqualsIfExists": {"aws:RequestTag/team": "a"}})], "allowed"),
        ([statement("ecs:*", Condition={"StringNotEquals": {"aws:RequestTag/team": "a"}})], "allowed"),
        ([statement("ecs:*", Condition={"ArnNotLike": {"ecs:cluster": "*/shop"}})], "not allowed"),
        ([statement("ecs:*", Condition={"Null": {"aws:RequestTag/team": "false"}})], "not allowed"),
        ([statement("ecs:*", Condition={"Null": {"ECS:Cluster": "false", "aws:RequestTag/team": "true"}})], "allowed"),
        ([statement("ecs:*", Condition={"StringLike": {"ecs:cluster": ["*/bank", "*/sh?p"]}})], "allowed"),
        ([statement("*"), statement("*", effect="Deny", Condition={"Null": {"ecs:cluster": "false"}})], "denied"),
        ([], "not allowed"),
    ],
)
def test_a_policy_is_read_as_iam_reads_it(statements: list[dict[str, Any]], verdict: str) -> None:
    service = f"arn:aws:ecs:{REGION}:123456789012:service/shop/web"
    policies = [{"Version": "2012-10-17", "Statement": statements}]
    assert judge(policies, "ecs:UpdateService", service, {"ecs:cluster": CLUSTER}) == verdict


def test_cloudtrail_lists_who_changed_what_with_the_request_id(sandbox: Sandbox) -> None:
    ecs = sandbox.client_as("ecs", **keys_of_role(sandbox, statement("ecs:CreateCluster", "ecs:ListClusters")))
    made = ecs.create_cluster(clusterName="shop")["ResponseMetadata"]["RequestId"]
    ecs.list_clusters()
    with pytest.raises(ClientError):
        ecs.delete_cluster(cluster="shop")
    sandbox.client("sqs").create_queue(QueueName="other")
    cloudtrail = sandbox.client("cloudtrail")
    found = cloudtrail.lookup_events(
        LookupAttributes=[{"AttributeKey": "EventSource", "AttributeValue": "ecs.amazonaws.com"}]
    )
    deleted, created = found["Events"]
    assert (created["EventName"], created["Username"], created["ReadOnly"]) == ("CreateCluster", "ana", "false")
    whole = json.loads(created["CloudTrailEvent"])
    assert whole["requestID"] == made
    assert whole["sourceIPAddress"] == "127.0.0.1"
    assert whole["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == "deployer"
    assert whole["requestParameters"] == {"clusterName": "shop"}
    assert json.loads(deleted["CloudTrailEvent"])["errorCode"] == "AccessDeniedException"
    resource = [{"AttributeKey": "ResourceName", "AttributeValue": "shop"}]
    assert len(cloudtrail.lookup_events(LookupAttributes=resource)["Events"]) == 2
    before = datetime.fromtimestamp(sandbox.world.clock.now() - 60, UTC)
    assert cloudtrail.lookup_events(EndTime=before)["Events"] == []


def session_keys(granted: dict[str, Any]) -> dict[str, str]:
    return {
        "aws_access_key_id": granted["AccessKeyId"],
        "aws_secret_access_key": granted["SecretAccessKey"],
        "aws_session_token": granted["SessionToken"],
    }


def test_a_source_identity_is_recorded_stays_and_cannot_be_changed(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam")
    trust = [{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["sts:Assume*", "sts:Set*"]}]
    for name in ("first", "second"):
        document = json.dumps({"Version": "2012-10-17", "Statement": trust})
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    first, second = (
        {"RoleArn": f"arn:aws:iam::123456789012:role/{name}", "RoleSessionName": "ana"} for name in ("first", "second")
    )
    granted = sandbox.client("sts").assume_role(**first, SourceIdentity="ana")["Credentials"]
    sts = sandbox.client_as("sts", **session_keys(granted))
    with pytest.raises(ClientError, match="sts:SetSourceIdentity"):
        sts.assume_role(**second, SourceIdentity="ben")
    keys = session_keys(sts.assume_role(**second)["Credentials"])
    sandbox.client_as("ecs", **keys).create_cluster(clusterName="shop")
    event = json.loads(sandbox.client("cloudtrail").lookup_events()["Events"][0]["CloudTrailEvent"])
    assert event["userIdentity"]["arn"] == "arn:aws:sts::123456789012:assumed-role/second/ana"
    assert event["userIdentity"]["sessionContext"]["sourceIdentity"] == "ana"


def test_the_calls_of_a_rest_service_are_judged_and_recorded(sandbox: Sandbox) -> None:
    keys = keys_of_role(sandbox, statement("elasticfilesystem:Describe*", "elasticfilesystem:CreateFileSystem"))
    efs = sandbox.client_as("efs", **keys)
    made = efs.create_file_system(CreationToken="one")["FileSystemId"]
    with pytest.raises(ClientError, match="elasticfilesystem:DeleteFileSystem on resource: arn:aws:elasticfilesystem"):
        efs.delete_file_system(FileSystemId=made)
    assert efs.describe_file_systems()["FileSystems"]
    found = sandbox.client("cloudtrail").lookup_events()["Events"]
    assert [each["EventName"] for each in found[:2]] == ["DeleteFileSystem", "CreateFileSystem"]


def test_cloudtrail_is_read_page_by_page_and_keeps_no_secret(sandbox: Sandbox) -> None:
    secrets = sandbox.client("secretsmanager")
    for number in range(5):
        secrets.create_secret(Name=f"key-{number}", SecretString="hunter2")
    pages = sandbox.client("cloudtrail").get_paginator("lookup_events").paginate(PaginationConfig={"PageSize": 2})
    events = [event for page in pages for event in page["Events"]]
    assert [json.loads(event["CloudTrailEvent"])["requestParameters"]["Name"] for event in events] == [
        f"key-{number}" for number in reversed(range(5))
    ]
    assert "hunter2" not in str(events)

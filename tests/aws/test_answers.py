"""What counts as an answer of AWS: twelve kinds of garbage do not, in each protocol; empty lists do."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from support.processes import LOOPBACK

from ecsdash.aws import buckets, session
from ecsdash.aws.calls import Connection
from ecsdash.aws.errors import AwsError, NotAnAnswer, NotFound
from ecsdash.aws.session import Target
from tests.operations.tollgate import Answered, response_bytes
from tests.trust import garbage

SIGNED = [("x-amzn-RequestId", "request"), ("Content-Type", "application/x-amz-json-1.1")]
CLUSTER = {
    "clusterArn": "arn:aws:ecs:eu-central-1:123456789012:cluster/shop",
    "clusterName": "shop",
    "status": "ACTIVE",
}
GROUPS = "autoscaling.describe_auto_scaling_groups"
XML = "<{0}Response><{0}Result>{1}</{0}Result><ResponseMetadata/></{0}Response>"
VPCS = "<DescribeVpcsResponse><requestId>r</requestId><vpcSet>{}</vpcSet></DescribeVpcsResponse>"
BALANCER = "<member><LoadBalancerArn>arn:balancer</LoadBalancerArn></member>"
Call = tuple[str, dict[str, Any]]
CALLS: dict[str, tuple[Call, bytes]] = {
    "a list of ECS": (("ecs.list_clusters", {}), json.dumps({"clusterArns": [CLUSTER["clusterArn"]]}).encode()),
    "a description of ECS": (("ecs.describe_clusters", {}), json.dumps({"clusters": [CLUSTER]}).encode()),
    "a change of ECS": (("ecs.create_cluster", {}), json.dumps({"cluster": CLUSTER}).encode()),
    "a list of EC2": (("ec2.describe_vpcs", {}), VPCS.format("<item><vpcId>vpc-1</vpcId></item>").encode()),
    "a change of load balancing": (
        ("elbv2.create_load_balancer", {"Name": "shop"}),
        XML.format("CreateLoadBalancer", f"<LoadBalancers>{BALANCER}</LoadBalancers>").encode(),
    ),
    "a list of EFS": (("efs.describe_file_systems", {}), b'{"FileSystems": []}'),
    "a change of EFS": (
        ("efs.create_mount_target", {"FileSystemId": "fs-1", "SubnetId": "subnet-0123456789"}),
        b'{"MountTargetId": "fsmt-1", "FileSystemId": "fs-1", "SubnetId": "subnet-1", "LifeCycleState": "creating"}',
    ),
    "a change of Secrets Manager": (("secretsmanager.create_secret", {"Name": "s"}), b'{"ARN": "arn:s", "Name": "s"}'),
    "a change of SQS": (("sqs.create_queue", {"QueueName": "q"}), b'{"QueueUrl": "address"}'),
}


class Endpoint:
    """Responds to every request with `response`, and closes the connection."""

    def __init__(self) -> None:
        self.response = b""
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.wfile.write(endpoint.response.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))

            do_GET = do_POST  # noqa: N815

            def log_message(self, *args: object) -> None:
                """Log nothing."""

        self.server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        url = f"http://{LOOPBACK}:{self.server.server_address[1]}"
        keys = {"access_key_id": "test", "secret_access_key": "test"}
        self.aws = Connection(Target("123456789012", "eu-central-1", endpoint_url=url, answer_seconds=2, **keys))

    def answers(self, call: Call, response: bytes) -> dict[str, Any]:
        self.response = response
        return self.aws.call(call[0], **call[1]).data

    def error(self, call: Call, response: bytes) -> AwsError:
        with pytest.raises(AwsError) as caught:
            self.answers(call, response)
        return caught.value


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    found = Endpoint()
    Thread(target=found.server.serve_forever, daemon=True).start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    session.forget()


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore repeats reads after a pause, and calls wait for their share of the request rate."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    monkeypatch.setattr(buckets, "_buckets", None)


def whole(content: bytes) -> bytes:
    return response_bytes(200, SIGNED, content)


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_is_accepted_and_no_garbage_made_from_it(name: str, endpoint: Endpoint) -> None:
    call, content = CALLS[name]
    assert endpoint.answers(call, whole(content))
    found = {kind: endpoint.error(call, garble((200, SIGNED, content))) for kind, garble in garbage.KINDS.items()}
    assert {kind: (error.retryable, error.ambiguous, error.call) for kind, error in found.items()} == dict.fromkeys(
        garbage.KINDS, (True, True, call[0])
    )


@pytest.mark.parametrize(
    ("call", "content"),
    [
        ("ecs.list_clusters", b'{"clusterArns": []}'),
        ("ecs.describe_clusters", b'{"clusters": [], "failures": []}'),
        ("ec2.describe_vpcs", VPCS.format("").encode()),
        ("elbv2.describe_load_balancers", XML.format("DescribeLoadBalancers", "<LoadBalancers/>").encode()),
        (GROUPS, XML.format("DescribeAutoScalingGroups", "<AutoScalingGroups/>").encode()),
        ("iam.list_roles", XML.format("ListRoles", "<Roles/><IsTruncated>false</IsTruncated>").encode()),
        ("sqs.list_queues", b"{}"),
    ],
)  # fmt: skip
def test_an_empty_list_is_an_answer(call: str, content: bytes, endpoint: Endpoint) -> None:
    assert not any(endpoint.answers((call, {}), whole(content)).get(key) for key in ("clusterArns", "Vpcs", "Roles"))


def test_an_operation_that_returns_nothing_may_have_an_empty_body_of_aws(endpoint: Endpoint) -> None:
    call = ("logs.create_log_group", {"logGroupName": "/shop"})
    assert endpoint.answers(call, whole(b"")) == {}
    assert endpoint.answers(call, whole(b"{}")) == {}
    assert isinstance(endpoint.error(call, response_bytes(200, [], b"")), NotAnAnswer)
    assert isinstance(endpoint.error(call, whole(b'{"half": ')), NotAnAnswer)


@pytest.mark.parametrize(
    "cluster",
    [
        {**CLUSTER, "status": None},
        {"clusterName": "shop", "status": "ACTIVE"},
        {**CLUSTER, "tags": "none"},
        {**CLUSTER, "tags": [None]},
        {**CLUSTER, "runningTasksCount": "many"},
        {**CLUSTER, "clusterName": {"name": "shop"}},
    ],
)
def test_a_description_without_its_name_or_with_another_type_is_no_answer(
    cluster: dict[str, Any], endpoint: Endpoint
) -> None:
    response = whole(json.dumps({"clusters": [cluster]}).encode())
    assert isinstance(endpoint.error(("ecs.describe_clusters", {}), response), NotAnAnswer)


@pytest.mark.parametrize("status", [301, 400, 403, 404, 408, 429, 500, 502, 503])
@pytest.mark.parametrize("call", ["ecs.create_cluster", "ec2.create_vpc"])
def test_only_an_error_of_aws_is_a_refusal(status: int, call: str, endpoint: Endpoint) -> None:
    for content in (garbage.HTML, b"", b"{}", b'{"message": "Not Found"}', b"<html><body/></html>"):
        error = endpoint.error((call, {}), response_bytes(status, [], content))
        assert (error.retryable, error.ambiguous) == (True, True), content


def test_an_error_of_aws_is_a_refusal(endpoint: Endpoint) -> None:
    answered: Answered = (400, SIGNED, b'{"__type": "ClusterNotFoundException", "message": "none"}')
    error = endpoint.error(("ecs.create_service", {"serviceName": "web"}), response_bytes(*answered))
    assert (type(error), error.ambiguous) == (NotFound, False)

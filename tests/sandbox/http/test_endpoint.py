import json
import threading
from http.client import HTTPConnection

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import Sandbox


def refusal(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return str(caught.value.response["Error"]["Code"])


def test_it_listens_on_the_loopback_interface_only(sandbox: Sandbox) -> None:
    assert sandbox.world.server.server_address[0] == "127.0.0.1"


def test_every_answer_carries_one_request_id(sandbox: Sandbox) -> None:
    for service, call in (("ecs", "list_clusters"), ("ec2", "describe_vpcs"), ("sqs", "list_queues")):
        metadata = getattr(sandbox.client(service), call)()["ResponseMetadata"]
        assert metadata["RequestId"], service
        assert "," not in metadata["HTTPHeaders"]["x-amzn-requestid"], service


@pytest.mark.parametrize(
    ("service", "call", "arguments", "code"),
    [
        ("ec2", "describe_ipam_policies", {}, "InvalidAction"),
        ("iam", "get_context_keys_for_custom_policy", {"PolicyInputList": ["x"]}, "InvalidAction"),
        ("ssm", "get_connection_status", {"Target": "i-1"}, "UnknownOperationException"),
        ("apprunner", "list_services", {}, "UnknownOperationException"),
        ("eks", "list_insights", {"clusterName": "x"}, "UnknownOperationException"),
    ],
)
def test_an_unknown_operation_answers_as_aws_does(
    sandbox: Sandbox, service: str, call: str, arguments: dict[str, object], code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(sandbox.client(service), call)(**arguments)
    assert refusal(caught) == code


def test_an_ecs_operation_that_nobody_knows_is_refused_in_json(sandbox: Sandbox) -> None:
    connection = HTTPConnection("127.0.0.1", sandbox.world.server.server_port)
    headers = {"X-Amz-Target": "AmazonEC2ContainerServiceV20141113.InventCluster"}
    connection.request("POST", "/", body="{}", headers=headers)
    answer = connection.getresponse()
    assert answer.status == 400
    assert json.loads(answer.read())["__type"] == "UnknownOperationException"
    connection.close()


def test_an_ecs_error_reaches_the_client_with_its_code_and_message(sandbox: Sandbox) -> None:
    with pytest.raises(ClientError) as caught:
        sandbox.client("ecs").list_services(cluster="nowhere")
    assert caught.value.response["Error"]["Message"] == "Cluster not found."
    assert refusal(caught) == "ClusterNotFoundException"


def test_a_connection_is_kept_for_the_next_request(sandbox: Sandbox) -> None:
    connection = HTTPConnection("127.0.0.1", sandbox.world.server.server_port)
    for _ in range(3):
        connection.request("GET", "/_sandbox/state")
        answer = connection.getresponse()
        answer.read()
        assert not answer.will_close
    connection.close()


def test_regions_know_nothing_of_each_other(sandbox: Sandbox) -> None:
    sandbox.client("ecs", "eu-central-1").create_cluster(clusterName="home")
    sandbox.client("logs", "eu-central-1").create_log_group(logGroupName="/home")
    assert sandbox.client("ecs", "us-east-1").list_clusters()["clusterArns"] == []
    assert sandbox.client("logs", "us-east-1").describe_log_groups()["logGroups"] == []


def test_an_assumed_role_leads_to_its_own_account(sandbox: Sandbox) -> None:
    role = "arn:aws:iam::210987654321:role/viewer"
    theirs = sandbox.client_as("iam", aws_access_key_id="AKIA210987654321ROOT", aws_secret_access_key="none")
    theirs.create_role(RoleName="viewer", AssumeRolePolicyDocument="{}")
    granted = sandbox.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    keys = {
        "aws_access_key_id": granted["AccessKeyId"],
        "aws_secret_access_key": granted["SecretAccessKey"],
        "aws_session_token": granted["SessionToken"],
    }
    assert sandbox.client_as("sts", **keys).get_caller_identity()["Account"] == "210987654321"
    sandbox.client("ecs").create_cluster(clusterName="mine")
    made = sandbox.client_as("ecs", **keys).create_cluster(clusterName="theirs")["cluster"]
    assert made["clusterArn"] == "arn:aws:ecs:eu-central-1:210987654321:cluster/theirs"
    assert len(sandbox.client("ecs").list_clusters()["clusterArns"]) == 1


def test_a_role_that_does_not_exist_cannot_be_assumed(sandbox: Sandbox) -> None:
    arn = "arn:aws:iam::123456789012:role/nobody"
    with pytest.raises(ClientError, match=r"not authorized to perform: sts:AssumeRole on resource: \S+role/nobody"):
        sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")


def test_a_long_poll_of_a_queue_holds_nobody_up(sandbox: Sandbox) -> None:
    sqs, ec2 = sandbox.client("sqs"), sandbox.client("ec2")
    queue = sqs.create_queue(QueueName="events")["QueueUrl"]
    ec2.describe_vpcs()
    poll = threading.Thread(target=lambda: sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20), daemon=True)
    poll.start()
    for _ in range(5):
        ec2.describe_vpcs()
    assert poll.is_alive()
    sqs.send_message(QueueUrl=queue, MessageBody="done")
    poll.join()


def test_the_clock_is_stepped_by_the_admin_endpoint(sandbox: Sandbox) -> None:
    connection = HTTPConnection("127.0.0.1", sandbox.world.server.server_port)
    before = sandbox.world.clock.now()
    connection.request("POST", "/_sandbox/step", '{"seconds": 30}', {"Content-Type": "application/json"})
    assert json.loads(connection.getresponse().read())["now"] == before + 30
    connection.request("POST", "/_sandbox/step", "{}", {"Content-Type": "application/json"})
    assert connection.getresponse().status == 400
    connection.close()


def test_the_admin_endpoints_refuse_what_a_web_page_could_send(sandbox: Sandbox) -> None:
    connection = HTTPConnection("127.0.0.1", sandbox.world.server.server_port)
    connection.request("POST", "/_sandbox/reset", "", {"Content-Type": "text/plain"})
    assert connection.getresponse().status == 415
    connection.close()

"""The request buckets of the services around ECS: as published, and in the words of each."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ecsdash.sandbox.ecs.throttle import Throttle
from ecsdash.sandbox.http import request_buckets
from ecsdash.sandbox.http.messages import Request
from tests.sandbox.conftest import Sandbox
from tests.sandbox.faults.test_faults import ONCE
from tests.sandbox.http.test_endpoint import refusal


class Watch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def request(service: str, body: str) -> Request:
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 Credential=AKIA/20300101/eu-central-1/{service}/aws4_request",
        "content-type": "application/x-www-form-urlencoded",
    }
    return Request("POST", "/", "", headers, body.encode())


def admitted(throttle: Throttle, service: str, body: str) -> int:
    return sum(request_buckets.refusal(throttle, request(service, body)) is None for _ in range(200))


@pytest.mark.parametrize(
    ("service", "body", "burst", "refill"),
    [
        ("ec2", "Action=DescribeSubnets", 50, 10),
        ("ec2", "Action=DescribeSubnets&Filter.1.Name=vpc-id", 100, 20),
        ("ec2", "Action=CreateTags", 50, 5),
        ("elasticloadbalancing", "Action=DescribeTargetHealth", 40, 10),
        ("elasticloadbalancing", "Action=CreateListener", 20, 3),
        ("autoscaling", "Action=DescribeAutoScalingGroups", 40, 10),
    ],
)
def test_a_burst_passes_and_then_as_many_a_second_as_published(
    service: str, body: str, burst: int, refill: int
) -> None:
    watch = Watch()
    throttle = Throttle(clock=watch)
    assert admitted(throttle, service, body) == burst
    watch.seconds += 2
    assert admitted(throttle, service, body) == 2 * refill


def test_each_action_of_ec2_has_its_own_bucket_and_those_of_a_balancer_share_one() -> None:
    throttle = Throttle(clock=Watch())
    assert admitted(throttle, "ec2", "Action=DescribeSubnets") == admitted(throttle, "ec2", "Action=DescribeVpcs")
    assert admitted(throttle, "elasticloadbalancing", "Action=DescribeListeners") == 40
    assert admitted(throttle, "elasticloadbalancing", "Action=DescribeRules") == 0


def test_a_service_without_published_sizes_is_not_limited() -> None:
    assert admitted(Throttle(clock=Watch()), "sqs", "Action=ReceiveMessage") == 200


def test_instances_cost_as_many_tokens_as_are_launched() -> None:
    throttle = Throttle(clock=Watch())
    assert admitted(throttle, "ec2", "Action=RunInstances&MinCount=1&MaxCount=300") == 3


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("ec2", "describe_vpcs", "RequestLimitExceeded"),
        ("elbv2", "describe_load_balancers", "ThrottlingException"),
        ("autoscaling", "describe_auto_scaling_groups", "Throttling"),
    ],
)
def test_a_call_too_many_is_refused_as_each_service_does_until_the_buckets_are_switched_off(
    sandbox: Sandbox, service: str, call: str, code: str
) -> None:
    ask: Callable[[], Any] = getattr(sandbox.client_as(service, config=ONCE), call)
    ask()
    sandbox.admin("limits", buckets=True, scale=0.03)
    with pytest.raises(ClientError) as caught:
        [ask() for _ in range(3)]
    assert refusal(caught) == code
    sandbox.admin("limits", buckets=False)
    [ask() for _ in range(3)]

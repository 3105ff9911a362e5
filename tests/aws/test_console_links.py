"""Links to the AWS console for every kind of resource."""

import pytest

from ecsdash.aws import console_links
from ecsdash.aws.console_links import PAGES, of_arn

HERE = "https://eu-central-1.console.aws.amazon.com"
REGION = "?region=eu-central-1"
ECS = "arn:aws:ecs:eu-central-1:123456789012"
ELB = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"
GROUP = "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:0a-1b:autoScalingGroupName/cp-shop"


@pytest.mark.parametrize(
    ("arn", "url"),
    [
        (f"{ECS}:cluster/shop", f"{HERE}/ecs/v2/clusters/shop/services{REGION}"),
        (f"{ECS}:service/shop/web", f"{HERE}/ecs/v2/clusters/shop/services/web/health{REGION}"),
        (f"{ECS}:task/shop/0a1b", f"{HERE}/ecs/v2/clusters/shop/tasks/0a1b/configuration{REGION}"),
        (f"{ECS}:task-definition/web:7", f"{HERE}/ecs/v2/task-definitions/web/7/containers{REGION}"),
        (f"{ECS}:task-definition/web", f"{HERE}/ecs/v2/task-definitions/web{REGION}"),
        (
            f"{ECS}:container-instance/shop/0a1b",
            f"{HERE}/ecs/v2/clusters/shop/infrastructure/container-instances/0a1b{REGION}",
        ),
        (
            f"{ECS}:service-deployment/shop/web/x1",
            f"{HERE}/ecs/v2/clusters/shop/services/web/deployments/x1{REGION}",
        ),
        (
            "arn:aws:ec2:eu-central-1:123456789012:instance/i-0a1b",
            f"{HERE}/ec2/home{REGION}#InstanceDetails:instanceId=i-0a1b",
        ),
        (GROUP, f"{HERE}/ec2/home{REGION}#AutoScalingGroupDetails:id=cp-shop;view=details"),
        (
            f"{ELB}:loadbalancer/app/web/0123",
            f"{HERE}/ec2/home{REGION}#LoadBalancer:loadBalancerArn={ELB}:loadbalancer/app/web/0123",
        ),
        (
            f"{ELB}:targetgroup/web/0123",
            f"{HERE}/ec2/home{REGION}#TargetGroup:targetGroupArn={ELB}:targetgroup/web/0123",
        ),
        (
            "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/web",
            f"{HERE}/cloudwatch/home{REGION}#logsV2:log-groups/log-group/$252Fecs$252Fweb",
        ),
        (
            "arn:aws:events:eu-central-1:123456789012:rule/ecsdash",
            f"{HERE}/events/home{REGION}#/eventbus/default/rules/ecsdash",
        ),
        (
            "arn:aws:sqs:eu-central-1:123456789012:ecsdash",
            f"{HERE}/sqs/v3/home{REGION}#/queues/https%3A%2F%2Fsqs.eu-central-1.amazonaws.com%2F123456789012%2Fecsdash",
        ),
    ],
)
def test_an_arn_leads_to_its_page(arn: str, url: str) -> None:
    assert of_arn(arn) == url


def test_pages_that_no_arn_names_have_their_own_addresses() -> None:
    assert PAGES["capacity_providers"]("eu-central-1", "shop") == f"{HERE}/ecs/v2/clusters/shop/infrastructure{REGION}"
    assert PAGES["log_stream"]("eu-central-1", "/ecs/web", "ecs/web/0a1b") == (
        f"{HERE}/cloudwatch/home{REGION}#logsV2:log-groups/log-group/$252Fecs$252Fweb/log-events/ecs$252Fweb$252F0a1b"
    )


@pytest.mark.parametrize(
    ("region", "partition", "domain"),
    [
        ("cn-north-1", "aws-cn", "cn-north-1.console.amazonaws.cn"),
        ("cn-northwest-1", "aws-cn", "cn-northwest-1.console.amazonaws.cn"),
        ("us-gov-west-1", "aws-us-gov", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_other_partitions_have_consoles_of_their_own(region: str, partition: str, domain: str) -> None:
    url = of_arn(f"arn:{partition}:ecs:{region}:123456789012:cluster/shop")
    assert url == f"https://{domain}/ecs/v2/clusters/shop/services?region={region}"


def test_a_queue_in_china_has_its_own_host() -> None:
    url = of_arn("arn:aws-cn:sqs:cn-north-1:123456789012:ecsdash")
    assert url.endswith("https%3A%2F%2Fsqs.cn-north-1.amazonaws.com.cn%2F123456789012%2Fecsdash")


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "web",
        "arn:aws-iso:ecs:us-iso-east-1:123456789012:cluster/shop",
        f"{ECS}:service/web",
        f"{ECS}:task/0a1b",
        f"{ECS}:capacity-provider/cp",
        "arn:aws:iam::123456789012:role/web",
    ],
)
def test_what_has_no_page_has_no_link(arn: str) -> None:
    assert of_arn(arn) == ""


def test_names_are_quoted() -> None:
    assert console_links.service("eu-central-1", "a/b", "c?d").startswith(
        f"{HERE}/ecs/v2/clusters/a%2Fb/services/c%3Fd/"
    )

"""ARNs of every partition, and that the product writes no ARN by hand."""

import re
from pathlib import Path

import pytest

from clusters.models import InstanceType, MachineImage
from clusters.planning.launching import Launch, profile_steps
from ecsdash.access.models import User
from ecsdash.aws import arns
from ecsdash.aws.arns import Arn
from ecsdash.inventory.events.feeds import NAME, queue_arn
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.operations.actions import ActionContext
from services.forms.task_definition.checks import ECR_IMAGE

ROOT = Path(__file__).parents[2]
NUMBER = "123456789012"


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-central-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("eusc-de-east-1", "aws-eusc"),
        ("cn-somewhere-9", "aws-cn"),
        ("eu-newest-7", "aws"),
    ],
)
def test_an_arn_is_in_the_partition_of_its_region(region: str, partition: str) -> None:
    assert arns.arn("ecs", region, NUMBER, "cluster/shop") == f"arn:{partition}:ecs:{region}:{NUMBER}:cluster/shop"
    assert arns.iam_arn(region, NUMBER, "role/web") == f"arn:{partition}:iam::{NUMBER}:role/web"
    assert arns.managed_policy(region, "service-role/X") == f"arn:{partition}:iam::aws:policy/service-role/X"


def test_an_arn_is_taken_apart_and_put_together_again() -> None:
    text = "arn:aws-cn:logs:cn-north-1:123456789012:log-group:/ecs/web:*"
    found = arns.parse(text)
    assert found == Arn("aws-cn", "logs", "cn-north-1", NUMBER, "log-group:/ecs/web:*")
    assert str(found) == text


@pytest.mark.parametrize(
    "text",
    ["", "web", "arn:aws:ecs", "arn:aws-mars:ecs:eu-central-1:123456789012:x", "arn:aws:::1:x", "arn:aws:ecs:::"],
)
def test_what_is_no_arn_is_not_parsed(text: str) -> None:
    assert arns.parse(text) is None


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("arn:aws:iam::123456789012:role/ecsdash", NUMBER),
        ("arn:aws-cn:iam::123456789012:role/path/ecsdash", NUMBER),
        ("arn:aws-us-gov:iam::123456789012:role/ecsdash", NUMBER),
        ("arn:aws-mars:iam::123456789012:role/ecsdash", ""),
        ("arn:aws:iam::123456789012:user/ecsdash", ""),
        ("arn:aws:iam::12345:role/ecsdash", ""),
        ("arn:aws:iam::123456789012:role/ecs dash", ""),
    ],
)
def test_the_account_of_a_role_is_read_from_its_arn(text: str, account: str) -> None:
    assert arns.role_account(text) == account


def test_ec2_has_a_name_of_its_own_in_china() -> None:
    assert arns.ec2_principal("eu-central-1") == "ec2.amazonaws.com"
    assert arns.ec2_principal("us-gov-east-1") == "ec2.amazonaws.com"
    assert arns.ec2_principal("cn-north-1") == "ec2.amazonaws.com.cn"


@pytest.mark.parametrize(
    "host",
    [
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
        "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
        "123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu",
    ],
)
def test_images_in_ecr_are_known_by_their_host_in_every_partition(host: str) -> None:
    found = ECR_IMAGE.match(f"{host}/shop/web:1.2")
    assert found is not None
    assert (found["registry"], found["repository"], found["tag"]) == (NUMBER, "shop/web", "1.2")


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_plans_and_queues_name_arns_of_the_partition(region: str, partition: str) -> None:
    scope = Scope(Account(alias="there", account_id=NUMBER, regions=[region]), region)
    assert (
        ActionContext(scope, User()).arn("ecs", "cluster/shop") == f"arn:{partition}:ecs:{region}:{NUMBER}:cluster/shop"
    )
    assert queue_arn(scope) == f"arn:{partition}:sqs:{region}:{NUMBER}:{NAME}"


@pytest.mark.parametrize(
    ("region", "partition", "ec2"),
    [("cn-north-1", "aws-cn", "ec2.amazonaws.com.cn"), ("us-gov-west-1", "aws-us-gov", "ec2.amazonaws.com")],
)
def test_roles_for_instances_get_the_policy_and_the_trust_of_the_partition(
    region: str, partition: str, ec2: str
) -> None:
    account = Account(permissions_boundary_arn=f"arn:{partition}:iam::123456789012:policy/ecsdash-boundary")
    kind = InstanceType(account=account, region=region)
    launch = Launch("shop", MachineImage(), kind, "ecsInstanceRole", True, False, "", (), (), 30)
    role, policy, profile, _ = profile_steps(launch)
    assert role.params["Path"] == profile.params["Path"] == "/ecsdash/"
    assert role.params["PermissionsBoundary"] == account.permissions_boundary_arn
    assert f'"Service": "{ec2}"' in role.params["AssumeRolePolicyDocument"]
    assert policy.params["PolicyArn"] == (
        f"arn:{partition}:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
    )


def test_no_arn_of_the_standard_partition_is_written_by_hand() -> None:
    own = [path for app in ("ecsdash", "clusters", "services") for path in (ROOT / app).rglob("*.py")]
    product = [path for path in own if not {"sandbox", "bench"} & set(path.parts)]
    assert len(product) > 200
    written = [path.name for path in product if re.search(r"""["']arn:aws:""", path.read_text())]
    assert written == []

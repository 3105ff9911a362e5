"""The declared permissions match the calls in the code."""

import json
import re
from pathlib import Path

import pytest

from ecsdash.aws.names import api_operation
from ecsdash.inventory.accounts.connection_test import role_of
from ecsdash.inventory.accounts.permissions import ALWAYS_ALLOWED, PolicyLevel, feature_permissions
from ecsdash.inventory.accounts.policies import (
    LONGEST_POLICY,
    Policy,
    boundary_policy,
    length,
    own_policy,
    reader_policies,
    trust_policy,
    writer_policies,
)
from ecsdash.inventory.accounts.probes import PROBES, probe
from ecsdash.inventory.models import Account

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = (
    "clusters",
    "services",
    "ecsdash/event_feeds",
    "ecsdash/external_changes",
    "ecsdash/inventory",
    "ecsdash/operations",
)
CALL = re.compile(r'f?"([a-z0-9-]+\.[a-z]+(?:_[a-z]+)+)"')
WRITING = [level for level in PolicyLevel if level is not PolicyLevel.READ]
ROLES = {name: f"arn:aws:iam::123456789012:role/ecsdash-{name}" for name in ("reader", "writer")}
BOUNDARY = "arn:aws:iam::123456789012:policy/ecsdash-boundary"
#: Actions that the service authorization reference lists without resource types, and reads that may name none. The
#: account settings are those of the example app.
ON_ALL_RESOURCES = {
    "acm:ListCertificates", "autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeScalingActivities",
    "cloudtrail:LookupEvents", "cloudwatch:GetMetricData", "ecs:DeregisterTaskDefinition",
    "ecs:DescribeCapacityProviders", "ecs:DescribeTaskDefinition", "ecs:ListAccountSettings", "ecs:ListClusters",
    "ecs:ListServices", "ecs:ListTaskDefinitions", "ecs:ListTasks", "ecs:PutAccountSetting",
    "ecs:PutAccountSettingDefault", "scheduler:ListSchedules", "logs:DescribeLogGroups",
    "secretsmanager:ListSecrets", "servicediscovery:ListNamespaces", "servicediscovery:ListServices",
    "servicediscovery:ListTagsForResource", "ssm:DescribeParameters",
}  # fmt: skip


def account() -> Account:
    return Account(
        alias="demo", account_id="123456789012", regions=["eu-central-1", "us-east-1"], external_id="x-1", **roles()
    )


def roles() -> dict[str, str]:
    return {f"{name}_role_arn": arn for name, arn in ROLES.items()}


def found(policies: list[Policy]) -> dict[str, Policy]:
    """Return the statements by Sid."""
    return {each["Sid"]: each for policy in policies for each in policy["Statement"]}


def calls_in_source() -> set[str]:
    texts = [path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    calls = {call for text in texts for call in CALL.findall(text)}
    return {call for call in calls if _is_call(call)}


def _is_call(name: str) -> bool:
    try:
        api_operation(name)
    except Exception:
        return False
    return True


def test_every_call_in_the_source_is_declared() -> None:
    declared = {call for each in feature_permissions() for call in each.calls}
    assert len(calls_in_source()) > 60
    assert calls_in_source() - declared - ALWAYS_ALLOWED == set()


def test_every_probe_is_of_a_declared_read() -> None:
    reads = {call for each in feature_permissions() if each.level is PolicyLevel.READ for call in each.calls}
    assert set(PROBES) <= reads


def test_a_level_includes_the_levels_before_it() -> None:
    deploy, operate, every = (_actions(writer_policies(account(), level)) for level in WRITING)
    assert deploy < operate < every
    assert not deploy & _actions(reader_policies(account()))


@pytest.mark.parametrize(
    ("region", "partition", "ec2"),
    [("cn-north-1", "aws-cn", "ec2.amazonaws.com.cn"), ("us-gov-west-1", "aws-us-gov", "ec2.amazonaws.com")],
)
def test_the_policies_of_other_partitions_name_their_own_arns(region: str, partition: str, ec2: str) -> None:
    there = Account(alias="demo", account_id="123456789012", regions=[region])
    policies = [*reader_policies(there), *writer_policies(there, PolicyLevel.ALL), boundary_policy(there)]
    assert "arn:aws:" not in json.dumps(policies)
    passed = found(policies)["PassRole"]
    assert f"arn:{partition}:iam::123456789012:role/ecsdash/*" in passed["Resource"]
    services = ["ecs-tasks.amazonaws.com", "ecs.amazonaws.com", ec2]
    assert passed["Condition"]["StringEquals"]["iam:PassedToService"] == services


def test_probes_name_arns_of_the_partition_of_the_region() -> None:
    asked = probe("ecs.describe_service_revisions", "123456789012", "cn-north-1")
    assert asked == {"serviceRevisionArns": ["arn:aws-cn:ecs:cn-north-1:123456789012:service-revision/none/none/1"]}


@pytest.mark.parametrize(
    ("session", "role"),
    [
        ("arn:aws-cn:sts::123456789012:assumed-role/web/i-1", "arn:aws-cn:iam::123456789012:role/web"),
        ("arn:aws-us-gov:sts::123456789012:assumed-role/web/i-1", "arn:aws-us-gov:iam::123456789012:role/web"),
        ("arn:aws:iam::123456789012:user/ann", "arn:aws:iam::123456789012:user/ann"),
    ],
)
def test_the_role_of_a_session_is_in_its_partition(session: str, role: str) -> None:
    assert role_of(session) == role


def test_the_reader_policy_changes_nothing() -> None:
    own_queue = {"sqs:ReceiveMessage", "sqs:DeleteMessage"}
    verbs = {action.partition(":")[2] for action in _actions(reader_policies(account())) - own_queue}
    assert all(verb.startswith(("Describe", "Filter", "Get", "List", "Lookup", "Simulate")) for verb in verbs)


@pytest.mark.parametrize("regions", [["eu-central-1"], ["eu-central-1", "us-east-1", "ap-southeast-2", "sa-east-1"]])
def test_every_policy_fits_into_a_managed_policy_and_a_role_holds_all_of_them(regions: list[str]) -> None:
    shop = account()
    shop.regions, shop.permissions_boundary_arn = regions, BOUNDARY
    shop.passed_roles = [f"team-{number:02}-with-a-long-name-*" for number in range(20)]
    policies = [*reader_policies(shop), *writer_policies(shop, PolicyLevel.ALL)]
    assert len(policies) <= 10, "the default quota of managed policies of a role"
    assert max(length(each) for each in [*policies, boundary_policy(shop), own_policy(shop)]) <= LONGEST_POLICY


def test_no_statement_is_lost_when_policies_are_divided() -> None:
    divided = [each["Sid"] for policy in writer_policies(account(), PolicyLevel.ALL) for each in policy["Statement"]]
    assert len(divided) == len(set(divided)) > 10


def test_only_what_iam_cannot_limit_is_allowed_on_all_resources() -> None:
    policies = [*reader_policies(account()), *writer_policies(account(), PolicyLevel.ALL)]
    everywhere = {
        action
        for each in found(policies).values()
        if each["Resource"] == "*" and "Null" not in each.get("Condition", {})
        for action in each["Action"]
    }
    reads = ("ec2:Describe", "elasticloadbalancing:Describe", "iam:List")
    assert {each for each in everywhere if not each.startswith(reads)} <= ON_ALL_RESOURCES


def test_statements_name_the_account_and_the_regions_or_the_path() -> None:
    for sid, each in found(writer_policies(account(), PolicyLevel.ALL)).items():
        regions = each.get("Condition", {}).get("StringEquals", {}).get("aws:RequestedRegion")
        assert regions == ["eu-central-1", "us-east-1"] or all(action.startswith("iam:") for action in each["Action"])
        if sid not in ("Regional", "NewWithTag"):
            resources = each["Resource"] if isinstance(each["Resource"], list) else [each["Resource"]]
            elsewhere = {resource for resource in resources if ":123456789012:" not in resource}
            assert elsewhere <= {"arn:aws:ec2:*::image/*", "arn:aws:ec2:*::snapshot/*", "arn:aws:ecr:*:*:repository/*"}


def test_what_is_deleted_carries_our_tag_and_what_is_created_gets_it() -> None:
    statements = found(writer_policies(account(), PolicyLevel.ALL))
    deleted = {"elasticfilesystem:DeleteFileSystem", "logs:DeleteLogGroup", "secretsmanager:DeleteSecret"}
    assert statements["CreatedHere"]["Condition"]["Null"] == {"aws:ResourceTag/ecsdash:step": "false"}
    assert deleted | {"ec2:DeleteSecurityGroup"} <= set(statements["CreatedHere"]["Action"])
    assert not deleted & set(statements["InAccount"]["Action"])
    assert statements["NewInAccount"]["Condition"]["Null"] == {"aws:RequestTag/ecsdash:step": "false"}
    assert "secretsmanager:CreateSecret" in statements["NewInAccount"]["Action"]


def test_roles_are_created_in_our_path_and_within_the_boundary() -> None:
    bounded = account()
    bounded.permissions_boundary_arn, bounded.passed_roles = BOUNDARY, ["shop-*"]
    statements = found(writer_policies(bounded, PolicyLevel.OPERATE))
    for sid in ("RolePermissions", "RolePolicies"):
        assert statements[sid]["Resource"] == "arn:aws:iam::123456789012:role/ecsdash/*"
        assert statements[sid]["Condition"]["StringEquals"] == {"iam:PermissionsBoundary": BOUNDARY}
    assert "Condition" not in found(writer_policies(account(), PolicyLevel.OPERATE))["RolePermissions"]
    assert statements["PassRole"]["Resource"] == [
        f"arn:aws:iam::123456789012:role/{name}"
        for name in ("ecsTaskExecutionRole", "ecsInstanceRole", "ecsdash/*", "ecsInfrastructureRole", "shop-*")
    ]


def test_the_trust_policies_name_us_and_the_external_id_and_the_writer_s_the_person() -> None:
    principal = {"AWS": "arn:aws:iam::999999999999:role/dashboard"}
    reader, writer = (trust_policy(account(), principal["AWS"], writer=writer)["Statement"] for writer in (False, True))
    assert [each["Action"] for each in reader] == ["sts:AssumeRole"]
    assert [each["Action"] for each in writer] == ["sts:AssumeRole", "sts:SetSourceIdentity"]
    assert all(each["Principal"] == principal for each in writer)
    assert reader[0]["Condition"] == writer[0]["Condition"] == {"StringEquals": {"sts:ExternalId": "x-1"}}


def test_our_own_identity_may_assume_the_two_roles_and_no_other() -> None:
    assume, name = own_policy(account())["Statement"]
    assert assume["Resource"] == [ROLES["reader"], ROLES["writer"]]
    assert (name["Action"], name["Resource"]) == (["sts:SetSourceIdentity"], ROLES["writer"])


def _actions(policies: list[Policy]) -> set[str]:
    return {action for policy in policies for each in policy["Statement"] for action in each["Action"]}

"""The declared permissions match the calls in the code."""

import json
import re
from pathlib import Path

import pytest

from ecsdash.aws.names import api_operation, iam_action
from ecsdash.inventory.accounts.connection_test import role_of
from ecsdash.inventory.accounts.permissions import ALWAYS_ALLOWED, PolicyLevel, feature_permissions
from ecsdash.inventory.accounts.policies import access_policy, trust_policy
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
LONGEST_POLICY = 6144  # characters of a managed policy, without its white space


def account() -> Account:
    return Account(alias="demo", account_id="123456789012", regions=["eu-central-1", "us-east-1"], external_id="x-1")


def calls_in_source() -> set[str]:
    texts = [path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    found = {call for text in texts for call in CALL.findall(text)}
    return {call for call in found if _is_call(call)}


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


def test_a_tier_holds_the_tiers_before_it() -> None:
    sizes = [len(_actions(level)) for level in PolicyLevel]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[1] < sizes[2]
    assert (
        _actions(PolicyLevel.READ)
        < _actions(PolicyLevel.DEPLOY)
        < _actions(PolicyLevel.OPERATE)
        <= _actions(PolicyLevel.ALL)
    )


@pytest.mark.parametrize(
    ("region", "partition", "ec2"),
    [("cn-north-1", "aws-cn", "ec2.amazonaws.com.cn"), ("us-gov-west-1", "aws-us-gov", "ec2.amazonaws.com")],
)
def test_the_policies_of_other_partitions_name_their_own_arns(region: str, partition: str, ec2: str) -> None:
    there = Account(alias="demo", account_id="123456789012", regions=[region])
    text = json.dumps(access_policy(there, PolicyLevel.ALL))
    assert "arn:aws:" not in text
    assert f'"Resource": "arn:{partition}:iam::123456789012:role/*"' in text
    assert f'"iam:PassedToService": ["ecs-tasks.amazonaws.com", "{ec2}"]' in text


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


def test_the_read_only_policy_changes_nothing() -> None:
    own_queue = {"sqs:ReceiveMessage", "sqs:DeleteMessage"}
    verbs = {action.partition(":")[2] for action in _actions(PolicyLevel.READ) - own_queue}
    assert all(verb.startswith(("Describe", "Get", "List", "Lookup", "Simulate")) for verb in verbs)


@pytest.mark.parametrize("level", list(PolicyLevel))
def test_a_policy_fits_into_a_managed_policy(level: PolicyLevel) -> None:
    assert len(json.dumps(access_policy(account(), level), separators=(",", ":"))) <= LONGEST_POLICY


def test_a_policy_names_the_regions_and_the_account() -> None:
    found = {each["Sid"]: each for each in access_policy(account(), PolicyLevel.DEPLOY)["Statement"]}
    assert found["Regional"]["Condition"] == {"StringEquals": {"aws:RequestedRegion": ["eu-central-1", "us-east-1"]}}
    assert iam_action("ecs.update_service") in found["Regional"]["Action"]
    assert found["PassRole"]["Resource"] == "arn:aws:iam::123456789012:role/*"
    assert "ecs-tasks.amazonaws.com" in found["PassRole"]["Condition"]["StringEquals"]["iam:PassedToService"]


def test_the_trust_policy_names_us_and_the_external_id() -> None:
    (statement,) = trust_policy(account(), "arn:aws:iam::999999999999:role/dashboard")["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::999999999999:role/dashboard"}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "x-1"}}


def _actions(level: PolicyLevel) -> set[str]:
    return {action for each in access_policy(account(), level)["Statement"] for action in each["Action"]}

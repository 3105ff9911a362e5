"""IAM policies for the role in an AWS account: trust policy and permissions policies."""

from collections.abc import Iterable
from typing import Any

from ecsdash.aws.arns import ec2_principal, iam_arn
from ecsdash.inventory.accounts.permissions import FeaturePermissions, PolicyLevel, feature_permissions
from ecsdash.inventory.models import Account

Policy = dict[str, Any]
VERSION = "2012-10-17"
UNKNOWN_PRINCIPAL = "(run the connection test to find the identity of this dashboard)"
ECS_TASKS = "ecs-tasks.amazonaws.com"
#: Services whose service-linked roles can be created.
LINKED = ["ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com", "autoscaling.amazonaws.com"]


def trust_policy(account: Account, principal: str) -> Policy:
    """Return the trust policy. `principal` is the ARN of this dashboard before it assumes the role."""
    statement: Policy = {
        "Effect": "Allow",
        "Principal": {"AWS": principal or UNKNOWN_PRINCIPAL},
        "Action": "sts:AssumeRole",
    }
    if account.external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": account.external_id}}
    return {"Version": VERSION, "Statement": [statement]}


def access_policy(account: Account, level: PolicyLevel, every: Iterable[FeaturePermissions] | None = None) -> Policy:
    """Return the permissions policy for the features up to this level, in the account's regions."""
    included = [each for each in (feature_permissions() if every is None else every) if each.level in level.within]
    actions = {action for each in included for action in each.actions}
    return {"Version": VERSION, "Statement": statements(account, actions)}


def statements(account: Account, actions: Iterable[str]) -> list[Policy]:
    """Return statements that allow these actions. IAM is not regional; its List actions cannot be limited to roles."""
    every = set(actions)
    special = {"iam:PassRole", "iam:CreateServiceLinkedRole"}
    iam = {action for action in every if action.startswith("iam:")} - special
    lists = {action for action in iam if action.startswith("iam:List")}
    home = account.regions[0]
    roles = [iam_arn(home, account.account_id, f"{kind}/*") for kind in ("role", "instance-profile")]
    passed_to = [ECS_TASKS, ec2_principal(home)]  # tasks, and instances
    candidates = [
        _allow("Regional", {action for action in every if not action.startswith("iam:")}, "*", _regions(account)),
        _allow("Lists", lists, "*"),
        _allow("Roles", iam - lists, roles),
        _allow("PassRole", every & {"iam:PassRole"}, roles[0], {"iam:PassedToService": passed_to}),
        _allow("LinkedRoles", every & {"iam:CreateServiceLinkedRole"}, roles[0], {"iam:AWSServiceName": LINKED}),
    ]
    return [each for each in candidates if each["Action"]]


def _allow(
    sid: str, actions: set[str], resource: str | list[str], equals: dict[str, list[str]] | None = None
) -> Policy:
    condition = {"Condition": {"StringEquals": equals}} if equals else {}
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": resource, **condition}


def _regions(account: Account) -> dict[str, list[str]]:
    return {"aws:RequestedRegion": list(account.regions)}

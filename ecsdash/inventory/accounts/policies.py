"""IAM policies to paste: the trust and permissions policies of the two roles of an account, the permissions boundary of
the roles that plans create, and the policy of the dashboard's own identity."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ecsdash.aws.arns import ec2_principal, iam_arn, managed_policy, partition_of
from ecsdash.aws.names import ROLE_PATH
from ecsdash.inventory.accounts.permissions import FeaturePermissions, PolicyLevel, feature_permissions
from ecsdash.inventory.accounts.resource_rules import RULES
from ecsdash.inventory.models import Account

Policy = dict[str, Any]
VERSION = "2012-10-17"
UNKNOWN_PRINCIPAL = "(run the connection test to find the identity of this dashboard)"
ECS_TASKS = "ecs-tasks.amazonaws.com"
ECS = "ecs.amazonaws.com"
#: Services whose service-linked roles can be created.
LINKED = ["ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com", "autoscaling.amazonaws.com"]
#: The AWS managed policies that plans attach to roles.
ATTACHED = ("AmazonECSTaskExecutionRolePolicy", "AmazonEC2ContainerServiceforEC2Role")
#: Roles of the ECS console, which other plans and the console share.
CONSOLE_ROLES = ("ecsTaskExecutionRole", "ecsInstanceRole")
#: What a role that a plan created may do at most: the work of the two managed policies, and reading secrets.
BOUNDARY_ACTIONS = (
    "ec2:DescribeTags", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer", "ecs:CreateCluster", "ecs:DeregisterContainerInstance", "ecs:DiscoverPollEndpoint",
    "ecs:ListTagsForResource", "ecs:Poll", "ecs:RegisterContainerInstance", "ecs:StartTelemetrySession", "ecs:Submit*",
    "ecs:TagResource", "ecs:UpdateContainerInstancesState", "kms:Decrypt", "logs:CreateLogGroup",
    "logs:CreateLogStream", "logs:PutLogEvents", "secretsmanager:GetSecretValue", "ssm:GetParameters",
)  # fmt: skip
#: The role with which ECS launches Managed Instances and makes volumes, by its name in the ECS console.
INFRASTRUCTURE_ROLE = "ecsInfrastructureRole"
#: Characters of a managed policy at most.
LONGEST_POLICY = 6_144
#: IAM actions that change a role, and with it what a task or instance with the role may do.
ROLE_CHANGES = {"iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy"}
POLICY_CHANGES = {"iam:AttachRolePolicy", "iam:DetachRolePolicy"}
SIMULATE = "iam:SimulatePrincipalPolicy"
PASS, LINK = "iam:PassRole", "iam:CreateServiceLinkedRole"


def trust_policy(account: Account, principal: str, *, writer: bool) -> Policy:
    """Return the trust policy of a role. `principal` is the ARN of this dashboard before it assumes the role.

    The writer's sessions carry the person as their source identity, which needs its own permission.
    """
    trusted = {"AWS": principal or UNKNOWN_PRINCIPAL}
    assume: Policy = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    if account.external_id:
        assume["Condition"] = {"StringEquals": {"sts:ExternalId": account.external_id}}
    name: Policy = {"Effect": "Allow", "Principal": trusted, "Action": "sts:SetSourceIdentity"}
    return {"Version": VERSION, "Statement": [assume, name] if writer else [assume]}


def own_policy(account: Account) -> Policy:
    """Return the policy of the dashboard's own identity: it may assume the roles of the account."""
    roles = list(dict.fromkeys(arn for arn in (account.reader_role_arn, account.writer_role_arn) if arn))
    candidates = [
        _allow("AssumeRoles", {"sts:AssumeRole"}, roles),
        _allow("NamePersons", {"sts:SetSourceIdentity"}, [account.writer_role_arn] if account.writer_role_arn else []),
    ]
    return {"Version": VERSION, "Statement": [each for each in candidates if each["Resource"]]}


def reader_policies(account: Account, every: Iterable[FeaturePermissions] | None = None) -> list[Policy]:
    """Return the policies of the reader role. The writer role has them too: plans read what they change."""
    return _documents(statements(account, _actions((PolicyLevel.READ,), every)))


def writer_policies(
    account: Account, level: PolicyLevel, every: Iterable[FeaturePermissions] | None = None
) -> list[Policy]:
    """Return the policies of the writer role beside the reader's, for the features up to this level."""
    return _documents(statements(account, _actions(level.within, every) - _actions((PolicyLevel.READ,), every)))


def boundary_policy(account: Account) -> Policy:
    """Return the permissions boundary of the roles that plans create."""
    regions = {"StringEquals": _regions(account)}
    return {"Version": VERSION, "Statement": [_allow("Boundary", set(BOUNDARY_ACTIONS), "*", regions)]}


def statements(account: Account, actions: Iterable[str]) -> list[Policy]:
    """Return statements that allow these actions, each limited as far as IAM lets it be."""
    every = set(actions)
    limited = {action for rule in RULES for action in rule.actions}
    regional = {action for action in every - limited if not action.startswith("iam:")}
    regions = {"StringEquals": _regions(account)}
    candidates = [_allow("Regional", regional, "*", regions), *_by_rules(account, every), *_iam(account, every)]
    return [each for each in candidates if each["Action"] and each["Resource"]]


def _by_rules(account: Account, every: set[str]) -> Iterator[Policy]:
    filled = {"partition": partition_of(account.regions[0]), "account": account.account_id}
    for sid in dict.fromkeys(rule.sid for rule in RULES):
        rules = [rule for rule in RULES if rule.sid == sid and rule.actions & every]
        actions = {action for rule in rules for action in rule.actions & every}
        resources = dict.fromkeys(resource.format(**filled) for rule in rules for resource in rule.resources)
        yield _allow(sid, actions, list(resources), _both(rules[0].conditions if rules else {}, _regions(account)))


def _iam(account: Account, every: set[str]) -> Iterator[Policy]:
    """Return the statements of IAM, which is not regional. Its List actions cannot be limited to roles."""
    own, profiles = _role_arns(account, f"{ROLE_PATH}*"), _arns(account, "instance-profile", f"{ROLE_PATH}*")
    boundary = {"iam:PermissionsBoundary": account.permissions_boundary_arn}
    bounded = {"StringEquals": boundary} if account.permissions_boundary_arn else {}
    home = account.regions[0]
    attached = {"ArnEquals": {"iam:PolicyARN": [managed_policy(home, f"service-role/{name}") for name in ATTACHED]}}
    passed_to = {"StringEquals": {"iam:PassedToService": [ECS_TASKS, ECS, ec2_principal(home)]}}
    linked = {"StringEquals": {"iam:AWSServiceName": LINKED}}
    roles = [role for role in (account.reader_role_arn, account.writer_role_arn) if role]
    yield _allow("IamLists", {action for action in every if action.startswith("iam:List")}, "*")
    yield _allow("ReadRoles", every & {"iam:GetRole"}, _role_arns(account, "/*"))
    yield _allow("Roles", every & {"iam:DeleteRole", "iam:TagRole"}, own)
    yield _allow("RolePermissions", every & ROLE_CHANGES, own, bounded)
    yield _allow("RolePolicies", every & POLICY_CHANGES, own, {**bounded, **attached})
    yield _allow("ConsoleRoles", every & POLICY_CHANGES, _role_arns(account, *_console_roles()), attached)
    yield _allow("InstanceProfiles", {each for each in every if each.endswith("InstanceProfile")}, profiles)
    own_names = (INFRASTRUCTURE_ROLE, *account.passed_roles)
    passed = [*_console_roles(), f"{ROLE_PATH}*", *(f"/{name}" for name in own_names)]
    simulated = dict.fromkeys((*roles, *_role_arns(account, *passed)))
    yield _allow("Simulate", every & {SIMULATE}, list(simulated) if roles else "*")
    yield _allow("PassRole", every & {PASS}, _role_arns(account, *passed), passed_to)
    yield _allow("LinkedRoles", every & {LINK}, _role_arns(account, "/aws-service-role/*"), linked)


def _console_roles() -> list[str]:
    return [f"/{name}" for name in CONSOLE_ROLES]


def _role_arns(account: Account, *paths: str) -> list[str]:
    return _arns(account, "role", *paths)


def _arns(account: Account, kind: str, *paths: str) -> list[str]:
    return [iam_arn(account.regions[0], account.account_id, f"{kind}{path}") for path in dict.fromkeys(paths)]


def _actions(levels: Iterable[PolicyLevel], every: Iterable[FeaturePermissions] | None) -> set[str]:
    included = [each for each in (feature_permissions() if every is None else every) if each.level in levels]
    return {action for each in included for action in each.actions}


def _documents(every: Iterable[Policy]) -> list[Policy]:
    """Divide statements among as few policies as are within IAM's limit of characters, in their order."""
    documents: list[Policy] = [{"Version": VERSION, "Statement": []}]
    for statement in every:
        longer = {"Version": VERSION, "Statement": [*documents[-1]["Statement"], statement]}
        if length(longer) > LONGEST_POLICY:
            documents.append({"Version": VERSION, "Statement": [statement]})
        else:
            documents[-1] = longer
    return documents


def length(policy: Policy) -> int:
    """Return the length that counts for IAM's limit: without white space."""
    return len(json.dumps(policy, separators=(",", ":")))


def _both(conditions: Mapping[str, Any], equal: Mapping[str, Any]) -> dict[str, Any]:
    return {**conditions, "StringEquals": {**conditions.get("StringEquals", {}), **equal}}


def _allow(
    sid: str, actions: set[str], resource: str | list[str], conditions: Mapping[str, Any] | None = None
) -> Policy:
    one = resource[0] if isinstance(resource, list) and len(resource) == 1 else resource
    condition = {"Condition": dict(conditions)} if conditions else {}
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": one, **condition}


def _regions(account: Account) -> dict[str, list[str]]:
    return {"aws:RequestedRegion": list(account.regions)}

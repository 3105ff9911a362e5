"""The two roles of an account in the simulated AWS, made as its pages say: every policy is pasted."""

import json
from collections.abc import Iterable

from ecsdash.aws.session import forget
from ecsdash.inventory.accounts.permissions import FeaturePermissions, PolicyLevel
from ecsdash.inventory.accounts.policies import (
    Policy,
    boundary_policy,
    reader_policies,
    trust_policy,
    writer_policies,
)
from ecsdash.inventory.models import Account
from tests.processes import REGION, Sandbox

READER, WRITER = "ecsdash-reader", "ecsdash-writer"
PRINCIPAL = "arn:aws:iam::123456789012:root"


def role_arn(name: str) -> str:
    return f"arn:aws:iam::123456789012:role/{name}"


def paste_roles(
    sandbox: Sandbox,
    account: Account,
    level: PolicyLevel = PolicyLevel.ALL,
    every: Iterable[FeaturePermissions] | None = None,
    *,
    named: bool = True,
) -> None:
    """Create both roles with their policies, and connect the account by them. READ: there is no writer role.

    `every`: the features in the policies. `named`: the writer's trust policy lets the person be set.
    """
    features = list(every) if every is not None else None
    account.reader_role_arn, account.regions = role_arn(READER), [REGION]
    account.writer_role_arn = role_arn(WRITER) if level is not PolicyLevel.READ else ""
    account.sets_source_identity = named and bool(account.writer_role_arn)
    account.save()
    reading = reader_policies(account, features)
    paste_role(sandbox, READER, trust_policy(account, PRINCIPAL, writer=False), reading)
    if account.writer_role_arn:
        trust = trust_policy(account, PRINCIPAL, writer=named)
        paste_role(sandbox, WRITER, trust, [*reading, *writer_policies(account, level, features)])
    forget()


def paste_boundary(sandbox: Sandbox, account: Account) -> str:
    """Create the permissions boundary, and enter it in the settings of the account."""
    document = json.dumps(boundary_policy(account))
    policy = sandbox.client("iam").create_policy(PolicyName="ecsdash-boundary", PolicyDocument=document)["Policy"]
    account.permissions_boundary_arn = policy["Arn"]
    account.save()
    return str(policy["Arn"])


def paste_role(sandbox: Sandbox, name: str, trust: Policy, policies: list[Policy]) -> None:
    iam = sandbox.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    for number, each in enumerate(policies, 1):
        document = json.dumps(each)
        arn = iam.create_policy(PolicyName=f"{name}-{number}", PolicyDocument=document)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)

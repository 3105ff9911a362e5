"""The steps that create an IAM role with its default name, in our own path and within the account's boundary."""

import json
from typing import Any

from clusters.forms.usual_roles import UsualRole
from ecsdash.aws.names import ROLE_PATH
from ecsdash.inventory.models import Account
from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG

CALLS = ("iam.create_role", "iam.attach_role_policy")
#: How long other services may not know a new role or instance profile of IAM.
NOT_KNOWN_SECONDS = 120


def role_limits(account: Account) -> dict[str, Any]:
    """Return the parameters of CreateRole that every role of a plan has: its path, and the permissions boundary."""
    boundary = account.permissions_boundary_arn
    return {"Path": ROLE_PATH, **({"PermissionsBoundary": boundary} if boundary else {})}


def role_steps(role: UsualRole, account: Account, region: str, *, exists: bool = False) -> tuple[Step, ...]:
    """Return the steps that create the role, unless it `exists`, and attach its policy."""
    attach = Step(
        "attach_policy",
        f"Attach {role.policy_name} to {role.name}",
        "iam.attach_role_policy",
        {"RoleName": role.name, "PolicyArn": role.policy(region)},
    )
    return (attach,) if exists else (_create(role, account, region), attach)


def _create(role: UsualRole, account: Account, region: str) -> Step:
    principal = {"Effect": "Allow", "Principal": {"Service": role.principal(region)}, "Action": "sts:AssumeRole"}
    return Step(
        "create_role",
        f"Create the role {role.name}",
        "iam.create_role",
        {
            "RoleName": role.name,
            **role_limits(account),
            "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [principal]}),
            "Description": role.description,
            "Tags": [{"Key": STEP_TAG, "Value": STEP_ID}],
        },
        repeat=Repeat.LOOKUP,
        lookup="role_of_step",
    )

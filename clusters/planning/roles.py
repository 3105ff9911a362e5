"""The steps that create an IAM role with its default name."""

import json

from clusters.forms.usual_roles import UsualRole
from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG

CALLS = ("iam.create_role", "iam.attach_role_policy")
#: How long other services may not know a new role or instance profile of IAM.
NOT_KNOWN_SECONDS = 120


def role_steps(role: UsualRole, region: str, *, exists: bool = False) -> tuple[Step, ...]:
    """Return the steps that create the role, unless it `exists`, and attach its policy."""
    attach = Step(
        "attach_policy",
        f"Attach {role.policy_name} to {role.name}",
        "iam.attach_role_policy",
        {"RoleName": role.name, "PolicyArn": role.policy(region)},
    )
    return (attach,) if exists else (_create(role, region), attach)


def _create(role: UsualRole, region: str) -> Step:
    principal = {"Effect": "Allow", "Principal": {"Service": role.principal(region)}, "Action": "sts:AssumeRole"}
    return Step(
        "create_role",
        f"Create the role {role.name}",
        "iam.create_role",
        {
            "RoleName": role.name,
            "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [principal]}),
            "Description": role.description,
            "Tags": [{"Key": STEP_TAG, "Value": STEP_ID}],
        },
        repeat=Repeat.LOOKUP,
        lookup="role_of_step",
    )

"""The steps that create a role with its usual name."""

import json

from clusters.forms.usual_roles import UsualRole
from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG

CALLS = ("iam.create_role", "iam.attach_role_policy")
#: IAM needs some seconds until every service knows a new role or profile.
NOT_KNOWN_SECONDS = 120


def role_steps(role: UsualRole, region: str, *, exists: bool = False) -> tuple[Step, ...]:
    """Create the role, unless it `exists`, and attach its policy. A role of somebody else's is never taken for it."""
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

"""The IAM roles by their usual names that forms offer to create, and the steps that do so."""

import json
from dataclasses import dataclass

from clusters.conditions.capacity import STEP_TAG
from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID

ECS_TASKS, EC2 = "ecs-tasks.amazonaws.com", "ec2.amazonaws.com"
CALLS = ("iam.create_role", "iam.attach_role_policy")
#: IAM needs some seconds until every service knows a new role or profile.
NOT_KNOWN_SECONDS = 120


@dataclass(frozen=True)
class UsualRole:
    """A role that `trusts` one AWS service and has one policy of AWS's own."""

    name: str
    trusts: str
    policy: str
    description: str

    @property
    def policy_name(self) -> str:
        return self.policy.rpartition("/")[2]

    def arn(self, account_id: str) -> str:
        return f"arn:aws:iam::{account_id}:role/{self.name}"


EXECUTION_ROLE = UsualRole(
    "ecsTaskExecutionRole",
    ECS_TASKS,
    "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    "ECS pulls images, writes logs and reads secrets with it",
)
INSTANCE_ROLE = UsualRole(
    "ecsInstanceRole",
    EC2,
    "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
    "ECS container instances",
)


def role_steps(role: UsualRole, *, exists: bool = False) -> tuple[Step, ...]:
    """Create the role, unless it `exists`, and attach its policy. A role of somebody else's is never taken for it."""
    attach = Step(
        "attach_policy",
        f"Attach {role.policy_name} to {role.name}",
        "iam.attach_role_policy",
        {"RoleName": role.name, "PolicyArn": role.policy},
    )
    return (attach,) if exists else (_create(role), attach)


def _create(role: UsualRole) -> Step:
    principal = {"Effect": "Allow", "Principal": {"Service": role.trusts}, "Action": "sts:AssumeRole"}
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

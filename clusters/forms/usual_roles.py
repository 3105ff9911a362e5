"""The IAM roles that forms offer to create, with their default names."""

from collections.abc import Callable
from dataclasses import dataclass

from ecsdash.aws.arns import ec2_principal, iam_arn, managed_policy
from ecsdash.aws.names import ROLE_PATH

ECS_TASKS = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True)
class UsualRole:
    """A role for one AWS service, with one AWS managed policy. `principal` returns its principal in a region."""

    name: str
    principal: Callable[[str], str]
    policy_name: str
    description: str

    def policy(self, region: str) -> str:
        """Return the ARN of its managed policy."""
        return managed_policy(region, f"service-role/{self.policy_name}")

    def arn(self, account_id: str, region: str) -> str:
        """Return the ARN that the role gets when a plan creates it."""
        return iam_arn(region, account_id, f"role{ROLE_PATH}{self.name}")


EXECUTION_ROLE = UsualRole(
    "ecsTaskExecutionRole",
    lambda region: ECS_TASKS,
    "AmazonECSTaskExecutionRolePolicy",
    "Lets ECS pull images, write logs and read secrets",
)
INSTANCE_ROLE = UsualRole(
    "ecsInstanceRole",
    ec2_principal,
    "AmazonEC2ContainerServiceforEC2Role",
    "Lets ECS container instances call ECS",
)

"""AWS permissions of each feature, from which the policies and the connection tests are made.

Apps declare them in their module `aws_permissions`, as data or by a function:

    declare("Clusters", PolicyLevel.READ, "ecs.list_clusters", "ecs.describe_clusters")
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from ecsdash.aws.names import iam_action


class PolicyLevel(StrEnum):
    """Level of a permissions policy; each level includes the levels before it."""

    READ = "read-only"
    DEPLOY = "deploy"
    OPERATE = "operate"
    ALL = "all"

    @property
    def within(self) -> "tuple[PolicyLevel, ...]":
        levels = tuple(PolicyLevel)
        return levels[: levels.index(self) + 1]


@dataclass(frozen=True)
class FeaturePermissions:
    """The AWS calls of one feature."""

    feature: str
    level: PolicyLevel
    calls: tuple[str, ...]

    @property
    def actions(self) -> list[str]:
        return sorted({action for call in self.calls for action in actions_of(call)})


#: Additional actions of calls that set tags, pass roles or create service-linked roles (service authorization
#: reference, "dependent actions").
DEPENDENT_ACTIONS: dict[str, tuple[str, ...]] = {
    "application-autoscaling.put_scaling_policy": ("cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"),
    "autoscaling.create_auto_scaling_group": (
        "autoscaling:CreateOrUpdateTags", "ec2:CreateTags", "ec2:RunInstances", "iam:CreateServiceLinkedRole",
        "iam:PassRole",
    ),
    "ec2.create_launch_template": ("ec2:CreateTags",),
    "ec2.create_security_group": ("ec2:CreateTags",),
    "ec2.run_instances": ("ec2:CreateTags", "iam:PassRole"),
    "iam.create_instance_profile": ("iam:TagInstanceProfile",),
    "iam.create_role": ("iam:TagRole",),
    "ecs.create_capacity_provider": ("ecs:TagResource", "iam:CreateServiceLinkedRole", "iam:PassRole"),
    "ecs.update_capacity_provider": ("iam:PassRole",),
    "ecs.create_cluster": ("ecs:TagResource", "iam:CreateServiceLinkedRole"),
    "ecs.create_service": ("ecs:TagResource", "iam:CreateServiceLinkedRole"),
    "ecs.register_task_definition": ("ecs:TagResource", "iam:PassRole"),
    "ecs.run_task": ("ecs:TagResource", "iam:PassRole"),
    "efs.create_file_system": ("elasticfilesystem:TagResource",),
    "elbv2.create_listener": ("elasticloadbalancing:AddTags",),
    "elbv2.create_load_balancer": ("elasticloadbalancing:AddTags", "iam:CreateServiceLinkedRole"),
    "elbv2.create_rule": ("elasticloadbalancing:AddTags",),
    "elbv2.create_target_group": ("elasticloadbalancing:AddTags",),
    "iam.add_role_to_instance_profile": ("iam:PassRole",),
    "secretsmanager.create_secret": ("secretsmanager:TagResource",),
}  # fmt: skip
#: Calls that every identity may make without a policy.
ALWAYS_ALLOWED = {"sts.get_caller_identity"}
Source = Callable[[], Iterable[FeaturePermissions]]
SourceFunction = TypeVar("SourceFunction", bound=Source)
_sources: list[Source] = []


def declare(feature: str, level: PolicyLevel, *calls: str) -> None:
    _sources.append(lambda: (FeaturePermissions(feature, level, calls),))


def permission_source(function: SourceFunction) -> SourceFunction:
    _sources.append(function)
    return function


def feature_permissions() -> list[FeaturePermissions]:
    """Return the permissions of all features, sorted by level."""
    order = list(PolicyLevel)
    return sorted((each for source in _sources for each in source()), key=lambda each: order.index(each.level))


declare(
    "Event feeds",
    PolicyLevel.READ,
    "events.describe_rule",
    "events.list_targets_by_rule",
    "sqs.get_queue_url",
    "sqs.receive_message",
    "sqs.delete_message_batch",
)
declare("Connection test", PolicyLevel.READ, "iam.simulate_principal_policy")


def actions_of(call: str) -> tuple[str, ...]:
    """Return the IAM actions of a call."""
    return () if call in ALWAYS_ALLOWED else (iam_action(call), *DEPENDENT_ACTIONS.get(call, ()))

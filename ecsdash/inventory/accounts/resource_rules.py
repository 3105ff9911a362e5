"""The resources and conditions to which IAM actions are limited in the policies to paste.

Source: the service authorization reference of each service. An action that is in no rule cannot be limited to
resources, or is a read whose call may name none: it is allowed for all resources in the regions of the account.

In ARNs, `{partition}` and `{account}` are filled in; the region is `*`, because the condition names the regions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ecsdash.aws.names import STEP_TAG

Conditions = Mapping[str, Mapping[str, list[str] | str]]


@dataclass(frozen=True)
class ResourceRule:
    """A part of the statement `sid`: `actions` on `resources`. Rules of one statement have the same `conditions`.

    One statement can hold actions of several services, because an ARN is of one service only.
    """

    sid: str
    actions: frozenset[str]
    resources: tuple[str, ...]
    conditions: Conditions = field(default_factory=dict)


#: What a step of a plan created carries its tag. Deleting and filling is limited to that.
CREATED_HERE: Conditions = {"Null": {f"aws:ResourceTag/{STEP_TAG}": "false"}}
TAGGED: Conditions = {"Null": {f"aws:RequestTag/{STEP_TAG}": "false"}}
#: The statement about resources in the account, without further conditions.
IN_ACCOUNT = "InAccount"
#: The name of the event rule and its queue.
EVENT_FEED = "ecsdash-events"


def _rule(sid: str, service: str, actions: str, *resources: str, conditions: Conditions | None = None) -> ResourceRule:
    arns = tuple(each if each.startswith("arn:") else _arn(service, each) for each in resources)
    return ResourceRule(sid, frozenset(f"{service}:{action}" for action in actions.split()), arns, conditions or {})


def _arn(service: str, resource: str) -> str:
    return f"arn:{{partition}}:{service}:*:{{account}}:{resource}"


RULES: tuple[ResourceRule, ...] = (
    _rule(
        IN_ACCOUNT, "ecs",
        "ContinueServiceDeployment CreateCapacityProvider CreateCluster CreateService DeleteCapacityProvider "
        "DeleteCluster DeleteService "
        "DeleteTaskDefinitions DeregisterContainerInstance DescribeClusters DescribeContainerInstances "
        "DescribeServiceDeployments DescribeServiceRevisions DescribeServices DescribeTasks ListContainerInstances "
        "ListServiceDeployments ListTagsForResource PutClusterCapacityProviders RegisterTaskDefinition RunTask "
        "StopServiceDeployment StopTask TagResource UntagResource UpdateCapacityProvider UpdateCluster "
        "UpdateClusterSettings UpdateContainerInstancesState UpdateService",
        "*",
    ),
    _rule(
        IN_ACCOUNT, "autoscaling",
        "CreateAutoScalingGroup CreateOrUpdateTags DeleteAutoScalingGroup TerminateInstanceInAutoScalingGroup "
        "UpdateAutoScalingGroup",
        "autoScalingGroup:*",
    ),
    _rule(
        IN_ACCOUNT, "ec2",
        "CreateLaunchTemplate CreateNetworkInterface CreateSecurityGroup DeleteLaunchTemplate DeleteNetworkInterface "
        "RunInstances TerminateInstances",
        "*",
    ),
    _rule(
        IN_ACCOUNT, "ec2", "RunInstances",
        "arn:{partition}:ec2:*::image/*", "arn:{partition}:ec2:*::snapshot/*",
    ),
    _rule(
        "CreatedHere", "ec2", "AuthorizeSecurityGroupIngress DeleteSecurityGroup RevokeSecurityGroupIngress",
        "security-group/*", conditions=CREATED_HERE,
    ),
    _rule(
        "Ec2Tags", "ec2", "CreateTags", "*",
        conditions={"StringEquals": {"ec2:CreateAction": ["CreateLaunchTemplate", "CreateSecurityGroup",
                                                          "RunInstances"]}},
    ),
    _rule(
        IN_ACCOUNT, "elasticloadbalancing",
        "CreateListener CreateLoadBalancer CreateRule CreateTargetGroup DeleteListener DeleteLoadBalancer DeleteRule "
        "DeleteTargetGroup ModifyListener ModifyRule ModifyTargetGroup ModifyTargetGroupAttributes SetRulePriorities",
        "*",
    ),
    _rule(
        "LoadBalancingTags", "elasticloadbalancing", "AddTags", "*",
        conditions={"StringEquals": {"elasticloadbalancing:CreateAction": [
            "CreateListener", "CreateLoadBalancer", "CreateRule", "CreateTargetGroup"]}},
    ),
    _rule(
        IN_ACCOUNT, "elasticfilesystem", "DescribeAccessPoints DescribeFileSystems DescribeMountTargets", "*",
    ),
    _rule(
        "CreatedHere", "elasticfilesystem",
        "CreateAccessPoint CreateMountTarget DeleteAccessPoint DeleteFileSystem DeleteMountTarget",
        "*", conditions=CREATED_HERE,
    ),
    _rule("NewInAccount", "elasticfilesystem", "TagResource", "*", conditions=TAGGED),
    ResourceRule(
        "NewWithTag",
        frozenset({
            "elasticfilesystem:CreateFileSystem", "servicediscovery:CreateHttpNamespace",
            "servicediscovery:CreatePrivateDnsNamespace", "servicediscovery:TagResource",
        }),
        ("*",),
        TAGGED,
    ),
    _rule(
        IN_ACCOUNT, "application-autoscaling",
        "DeleteScalingPolicy DeleteScheduledAction DeregisterScalableTarget PutScalingPolicy PutScheduledAction "
        "RegisterScalableTarget",
        "scalable-target/*",
    ),
    _rule(IN_ACCOUNT, "cloudwatch", "DeleteAlarms DescribeAlarms PutMetricAlarm", "alarm:*"),
    _rule(IN_ACCOUNT, "ecr", "DescribeRepositories", "repository/*"),
    _rule(IN_ACCOUNT, "ecr", "BatchGetImage DescribeImages", "arn:{partition}:ecr:*:*:repository/*"),
    _rule(IN_ACCOUNT, "logs", "CreateLogGroup FilterLogEvents GetLogEvents ListTagsForResource", "log-group:*"),
    _rule("NewInAccount", "logs", "TagResource", "log-group:*", conditions=TAGGED),
    _rule("CreatedHere", "logs", "DeleteLogGroup", "log-group:*", conditions=CREATED_HERE),
    _rule(IN_ACCOUNT, "secretsmanager", "DescribeSecret", "secret:*"),
    _rule("NewInAccount", "secretsmanager", "CreateSecret TagResource", "secret:*", conditions=TAGGED),
    _rule("CreatedHere", "secretsmanager", "DeleteSecret", "secret:*", conditions=CREATED_HERE),
    _rule("CreatedHere", "servicediscovery", "DeleteNamespace", "namespace/*", conditions=CREATED_HERE),
    _rule(IN_ACCOUNT, "servicediscovery", "CreateService GetNamespace", "namespace/*"),
    _rule(IN_ACCOUNT, "servicediscovery", "DeleteService", "service/*"),
    _rule(
        IN_ACCOUNT, "sqs",
        "CreateQueue DeleteMessage DeleteQueue GetQueueUrl ReceiveMessage SetQueueAttributes", EVENT_FEED,
    ),
    _rule(
        IN_ACCOUNT, "events", "DeleteRule DescribeRule ListTargetsByRule PutRule PutTargets RemoveTargets",
        f"rule/{EVENT_FEED}",
    ),
    _rule(IN_ACCOUNT, "ssm", "GetParameters", "arn:{partition}:ssm:*::parameter/aws/service/ecs/*"),
)  # fmt: skip

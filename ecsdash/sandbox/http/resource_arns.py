"""The resources of API calls in IAM's terms, as the service authorization reference lists them.

What a call creates has the ARN of its name, or `*` where AWS makes up an ID.
"""

from collections.abc import Callable
from typing import Any

from moto.efs.models import efs_backends

from ecsdash.sandbox.http.identities import profile_arn, role_arn
from ecsdash.sandbox.scope import Scope

Params = dict[str, Any]
Finder = Callable[[Scope, str, Params], list[str]]
ANY = ["*"]
#: EC2: operation -> (resource type, parameter, or "" for what the call creates).
_EC2: dict[str, tuple[tuple[str, str], ...]] = {
    "AuthorizeSecurityGroupIngress": (("security-group", "GroupId"),),
    "CreateLaunchTemplate": (("launch-template", ""),),
    "CreateSecurityGroup": (("security-group", ""), ("vpc", "VpcId")),
    "DeleteLaunchTemplate": (("launch-template", "LaunchTemplateId"),),
    "DeleteSecurityGroup": (("security-group", "GroupId"),),
    "RevokeSecurityGroupIngress": (("security-group", "GroupId"),),
    "RunInstances": (
        ("instance", ""), ("volume", ""), ("network-interface", ""), ("image", "ImageId"), ("subnet", "SubnetId"),
        ("security-group", "SecurityGroupId"), ("key-pair", "KeyName"),
    ),
    "TerminateInstances": (("instance", "InstanceId"),),
}  # fmt: skip
_ECS_UNLIMITED = {
    "DeregisterTaskDefinition", "DescribeTaskDefinition", "ListClusters", "ListServices", "ListTaskDefinitions",
    "ListTasks",
}  # fmt: skip
#: ECS: parameters that name what is in a cluster.
_BELOW_CLUSTER = (
    ("service", "service"), ("serviceName", "service"), ("task", "task"), ("services", "service"), ("tasks", "task"),
    ("containerInstances", "container-instance"),
)  # fmt: skip
_BALANCING = ("LoadBalancerArn", "ListenerArn", "RuleArn", "TargetGroupArn", "ResourceArns.member.1")


def resources_of(service: str, scope: Scope, operation: str, params: Params) -> list[str]:
    """Return the ARNs that the call must be allowed for, `*` for a call that cannot be limited to resources."""
    finder = _FINDERS.get(service)
    return (finder(scope, operation, params) if finder else []) or ANY


def members(params: Params, name: str) -> list[str]:
    """Return the value of a parameter of the query protocols, or all values of a list."""
    if name in params:
        return [str(params[name])]
    return [str(value) for key, value in params.items() if key.startswith((f"{name}.", f"{name}s.member."))]


def _ec2(scope: Scope, operation: str, params: Params) -> list[str]:
    arns: list[str] = []
    for kind, parameter in _EC2.get(operation, ()):
        for name in members(params, parameter) if parameter else ANY:
            account = "" if kind == "image" else scope.account
            arns.append(f"arn:{scope.partition}:ec2:{scope.region}:{account}:{kind}/{name}")
    if operation == "CreateTags":
        arns = [scope.arn(f"{_kind(each)}/{each}", "ec2") for each in members(params, "ResourceId")]
    return arns


def _kind(resource_id: str) -> str:
    kinds = {"i": "instance", "sg": "security-group", "lt": "launch-template", "subnet": "subnet", "vpc": "vpc"}
    return kinds.get(resource_id.rpartition("-")[0], "instance")


def _load_balancing(scope: Scope, operation: str, params: Params) -> list[str]:
    if operation.startswith("Describe"):
        return []
    new = {"CreateLoadBalancer": "loadbalancer/app", "CreateTargetGroup": "targetgroup"}
    if operation in new:
        return [scope.arn(f"{new[operation]}/{params['Name']}/*", "elasticloadbalancing")]
    return next(([str(params[name])] for name in _BALANCING if params.get(name)), [])


def _auto_scaling(scope: Scope, operation: str, params: Params) -> list[str]:
    if operation.startswith("Describe"):
        return []
    name = params.get("AutoScalingGroupName", "*")
    return [scope.arn(f"autoScalingGroup:*:autoScalingGroupName/{name}", "autoscaling")]


def _scaling_targets(scope: Scope, operation: str, params: Params) -> list[str]:
    return [] if operation.startswith("Describe") else [scope.arn("scalable-target/*", "application-autoscaling")]


def _alarms(scope: Scope, operation: str, params: Params) -> list[str]:
    name = params.get("AlarmName", "*") if operation.endswith(("Alarm", "Alarms")) else ""
    return [scope.arn(f"alarm:{name}", "cloudwatch")] if name else []


def _file_systems(scope: Scope, operation: str, params: Params) -> list[str]:
    if operation == "CreateFileSystem":
        return []
    if "AccessPointId" in params:
        return [scope.arn(f"access-point/{params['AccessPointId']}", "elasticfilesystem")]
    target = efs_backends[scope.account][scope.region].mount_targets_by_id.get(str(params.get("MountTargetId")))
    name = target.file_system_id if target is not None else params.get("FileSystemId", "*")
    return [scope.arn(f"file-system/{name}", "elasticfilesystem")]


def _secrets(scope: Scope, operation: str, params: Params) -> list[str]:
    name = str(params.get("SecretId") or params.get("Name") or "")
    if operation.startswith("List") or not name:
        return []
    return [name if name.startswith("arn:") else scope.arn(f"secret:{name}-??????", "secretsmanager")]


def _logs(scope: Scope, operation: str, params: Params) -> list[str]:
    if name := params.get("logGroupName"):
        stream = f":log-stream:{params['logStreamName']}" if "logStreamName" in params else ""
        return [scope.arn(f"log-group:{name}{stream}", "logs")]
    return [str(params["resourceArn"])] if params.get("resourceArn") else []


def _events(scope: Scope, operation: str, params: Params) -> list[str]:
    name = params.get("Rule") or params.get("Name")
    return [scope.arn(f"rule/{name}", "events")] if name else []


def _queues(scope: Scope, operation: str, params: Params) -> list[str]:
    name = str(params.get("QueueName") or params.get("QueueUrl") or "").rpartition("/")[2]
    return [scope.arn(name, "sqs")] if name else []


def _names(scope: Scope, operation: str, params: Params) -> list[str]:
    kind = {"DeleteNamespace": "namespace", "DeleteService": "service"}.get(operation)
    return [scope.arn(f"{kind}/{params['Id']}", "servicediscovery")] if kind else []


def _parameters(scope: Scope, operation: str, params: Params) -> list[str]:
    if operation != "GetParameters":
        return []
    public = f"arn:{scope.partition}:ssm:{scope.region}::parameter"
    names = [str(name) for name in params.get("Names", ())]
    return [f"{public}{each}" if each.startswith("/aws/") else scope.arn(f"parameter/{each}", "ssm") for each in names]


def _repositories(scope: Scope, operation: str, params: Params) -> list[str]:
    account = str(params.get("registryId") or scope.account)
    name = params.get("repositoryName", "*")
    return [f"arn:{scope.partition}:ecr:{scope.region}:{account}:repository/{name}"]


def _identities(scope: Scope, operation: str, params: Params) -> list[str]:
    if operation == "CreateServiceLinkedRole":
        return [scope.iam_arn(f"role/aws-service-role/{params.get('AWSServiceName')}/*")]
    if "InstanceProfileName" in params:
        return [profile_arn(scope, str(params["InstanceProfileName"]), str(params.get("Path") or "/"))]
    role = params.get("PolicySourceArn") or params.get("RoleName")
    return [role_arn(scope, str(role), str(params.get("Path") or "/"))] if role else []


def _ecs(scope: Scope, operation: str, params: Params) -> list[str]:
    if operation in _ECS_UNLIMITED:
        return []
    cluster = str(params.get("cluster") or "default").rpartition("/")[2]
    for parameter, kind in _BELOW_CLUSTER:
        if value := params.get(parameter):
            names = value if isinstance(value, list) else [value]
            return [ecs_arn(scope, kind, str(name), cluster) for name in names]
    return _ecs_of_region(scope, operation, params)


def _ecs_of_region(scope: Scope, operation: str, params: Params) -> list[str]:
    if operation.endswith("CapacityProvider"):
        return [ecs_arn(scope, "capacity-provider", str(params.get("name") or params.get("capacityProvider")))]
    if definition := params.get("taskDefinition") or params.get("family"):
        return [ecs_arn(scope, "task-definition", str(definition))]
    if arn := params.get("resourceArn") or params.get("serviceDeploymentArn"):
        return [str(arn)]
    if names := params.get("serviceDeploymentArns") or params.get("serviceRevisionArns"):
        return [str(each) for each in names]
    if "cluster" in params or params.get("clusterName"):
        return [ecs_arn(scope, "cluster", str(params.get("clusterName") or params["cluster"] or "default"))]
    clusters = params.get("clusters") or ["default"]
    return [ecs_arn(scope, "cluster", str(name)) for name in clusters if operation == "DescribeClusters"]


def ecs_arn(scope: Scope, kind: str, name: str, cluster: str = "") -> str:
    if name.startswith("arn:"):
        return name
    return scope.arn(f"{kind}/{cluster}/{name}" if cluster else f"{kind}/{name}")


_FINDERS: dict[str, Finder] = {
    "application-autoscaling": _scaling_targets,
    "autoscaling": _auto_scaling,
    "cloudwatch": _alarms,
    "ec2": _ec2,
    "ecr": _repositories,
    "ecs": _ecs,
    "elasticfilesystem": _file_systems,
    "elasticloadbalancing": _load_balancing,
    "events": _events,
    "iam": _identities,
    "logs": _logs,
    "secretsmanager": _secrets,
    "servicediscovery": _names,
    "sqs": _queues,
    "ssm": _parameters,
    "sts": lambda scope, operation, params: [str(params["RoleArn"])] if params.get("RoleArn") else [],
}

"""Page and batch sizes of the ECS API (developer guide; botocore's service model), and the sizes of request buckets.

Every List* call accepts up to 100 results. ListServices returns 10 by default, so 100 is always requested.
"""

from dataclasses import dataclass

PAGE = 100
DESCRIBE_CLUSTERS = 100
DESCRIBE_SERVICES = 10
DESCRIBE_TASKS = 100
DESCRIBE_CONTAINER_INSTANCES = 100
DESCRIBE_CAPACITY_PROVIDERS = 10
DESCRIBE_SERVICE_DEPLOYMENTS = 20
DESCRIBE_SERVICE_REVISIONS = 20
RUN_TASK_COUNT = 10
CONTAINERS_OF_TASK_DEFINITION = 10
DESCRIBE_LOAD_BALANCERS = 20
DELETE_TASK_DEFINITIONS = 10
DESCRIBE_ALARMS = 100
SCALING_ACTIVITIES = 50

#: Fargate: CPU units -> (least, most, step) of memory in MiB (ECS developer guide, "Task size").
FARGATE_MEMORY = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}


def fargate_memory_choices(cpu: int) -> list[int]:
    """Return the memory sizes in MiB that Fargate offers with `cpu` units, empty for an unsupported CPU size."""
    if cpu not in FARGATE_MEMORY:
        return []
    least, most, step = FARGATE_MEMORY[cpu]
    sizes = list(range(least, most + 1, step))
    return [512, 1024, 2048] if cpu == 256 else sizes


@dataclass(frozen=True)
class Bucket:
    """Token bucket of an AWS API, one per account and region: `burst` requests, then `refill` requests per second."""

    name: str
    burst: float
    refill: float


#: Published limits of ECS (API reference, "Request throttling for the Amazon ECS API").
ECS_READ = {
    Bucket("cluster-read", 50, 20): "DescribeClusters ListClusters DescribeCapacityProviders ListAccountSettings",
    Bucket("service-read", 100, 20): "DescribeServices ListServices ListServicesByNamespace DescribeTaskSets",
    Bucket("cluster-resource-read", 100, 20): "DescribeTasks ListTasks DescribeContainerInstances "
    "ListContainerInstances GetTaskProtection ListAttributes",
    Bucket("task-definition-read", 50, 20): "DescribeTaskDefinition ListTaskDefinitions ListTaskDefinitionFamilies",
    Bucket("deployment-read", 50, 20): "DescribeServiceDeployments ListServiceDeployments",
    Bucket("revision-read", 50, 20): "DescribeServiceRevisions",
    Bucket("tag-read", 50, 20): "ListTagsForResource",
}
ECS_MODIFY = {
    Bucket("cluster-modify", 20, 1): "CreateCluster DeleteCluster UpdateCluster UpdateClusterSettings "
    "PutClusterCapacityProviders CreateCapacityProvider UpdateCapacityProvider DeleteCapacityProvider "
    "PutAccountSetting PutAccountSettingDefault DeleteAccountSetting",
    Bucket("service-modify", 50, 5): "CreateService UpdateService DeleteService CreateTaskSet UpdateTaskSet "
    "DeleteTaskSet UpdateServicePrimaryTaskSet StopServiceDeployment ContinueServiceDeployment",
    Bucket("cluster-resource-modify", 100, 40): "RunTask StartTask StopTask ExecuteCommand UpdateTaskProtection "
    "DeregisterContainerInstance UpdateContainerInstancesState UpdateContainerAgent PutAttributes DeleteAttributes",
    Bucket("task-definition-modify", 20, 1): "RegisterTaskDefinition DeregisterTaskDefinition",
    Bucket("task-definition-delete", 5, 1): "DeleteTaskDefinitions",
    Bucket("tag-modify", 20, 10): "TagResource UntagResource",
}
ECS_BUCKETS = {
    operation: bucket for bucket, operations in (ECS_READ | ECS_MODIFY).items() for operation in operations.split()
}

#: Other services, by the names in botocore's events: (reads, writes). EC2 as published for requests without filters
#: and for changes (EC2 developer guide, "Request throttling"), CloudWatch, CloudWatch Logs, Systems Manager, Secrets
#: Manager, EventBridge, CloudTrail, STS and SQS at or below their service quotas. Elastic Load Balancing, Auto Scaling,
#: IAM and ECR publish no limits for most calls: these values are conservative estimates.
OTHERS = {
    "ec2": (Bucket("ec2-read", 50, 10), Bucket("ec2-modify", 50, 5)),
    "elastic-load-balancing-v2": (Bucket("elbv2-read", 40, 10), Bucket("elbv2-modify", 20, 3)),
    "auto-scaling": (Bucket("autoscaling-read", 40, 10), Bucket("autoscaling-modify", 20, 3)),
    "application-auto-scaling": (Bucket("app-autoscaling-read", 20, 5), Bucket("app-autoscaling-modify", 20, 3)),
    "iam": (Bucket("iam-read", 40, 10), Bucket("iam-modify", 20, 3)),
    "cloudwatch": (Bucket("cloudwatch-read", 50, 25), Bucket("cloudwatch-modify", 20, 3)),
    "cloudwatch-logs": (Bucket("logs-read", 20, 10), Bucket("logs-modify", 20, 5)),
    "secrets-manager": (Bucket("secrets-read", 40, 20), Bucket("secrets-modify", 20, 5)),
    "ssm": (Bucket("ssm-read", 40, 10), Bucket("ssm-modify", 20, 3)),
    "ecr": (Bucket("ecr-read", 40, 10), Bucket("ecr-modify", 20, 3)),
    "eventbridge": (Bucket("events-read", 40, 10), Bucket("events-modify", 20, 5)),
    "cloudtrail": (Bucket("cloudtrail-lookup", 2, 2), Bucket("cloudtrail-modify", 2, 1)),
    "sqs": (Bucket("sqs", 600, 300), Bucket("sqs", 600, 300)),
    "sts": (Bucket("sts", 100, 50), Bucket("sts", 100, 50)),
}
UNKNOWN = (Bucket("other-read", 20, 5), Bucket("other-modify", 20, 2))
READING = ("Describe", "List", "Get", "BatchGet", "Filter", "Lookup", "Search", "Simulate", "Receive")


def bucket_of(service: str, operation: str) -> Bucket:
    """Return the bucket of an operation: `service` as in botocore's events, `operation` as in the API."""
    if service == "ecs" and operation in ECS_BUCKETS:
        return ECS_BUCKETS[operation]
    reads, writes = OTHERS.get(service, UNKNOWN)
    return reads if operation.startswith(READING) else writes

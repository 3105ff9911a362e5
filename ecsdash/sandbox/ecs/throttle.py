"""The request buckets of the API, per account, region and group of operations, at their published sizes or a multiple.

They refill on the wall clock, whatever the speed of the simulated one: a caller waits in real seconds.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ecsdash.sandbox.ecs.errors import EcsError
from ecsdash.sandbox.scope import Scope


@dataclass(frozen=True)
class Size:
    burst: float
    refill: float
    """Requests per second."""


SIZES = {
    "agent modify": Size(200, 120),
    "cluster read": Size(50, 20),
    "cluster modify": Size(20, 1),
    "service read": Size(100, 20),
    "service modify": Size(50, 5),
    "cluster resource read": Size(100, 20),
    "cluster resource modify": Size(100, 40),
    "task definition read": Size(50, 20),
    "task definition modify": Size(20, 1),
    "task definition delete": Size(5, 1),
    "capacity provider read": Size(50, 20),
    "capacity provider modify": Size(10, 1),
    "account setting read": Size(50, 20),
    "account setting modify": Size(10, 1),
    "deployment read": Size(50, 20),
    "deployment modify": Size(50, 5),
    "revision read": Size(50, 20),
    "daemon read": Size(50, 20),
    "daemon modify": Size(20, 1),
    "gateway read": Size(50, 20),
    "gateway modify": Size(20, 1),
    "task set read": Size(50, 20),
    "task set modify": Size(50, 5),
    "tag read": Size(50, 20),
    "tag modify": Size(20, 10),
}

_OPERATIONS = {
    "agent modify": "DiscoverPollEndpoint SubmitTaskStateChange SubmitContainerStateChange "
    "SubmitAttachmentStateChanges",
    "cluster read": "DescribeClusters ListClusters",
    "cluster modify": "CreateCluster DeleteCluster UpdateCluster UpdateClusterSettings PutClusterCapacityProviders",
    "service read": "DescribeServices ListServices ListServicesByNamespace DescribeExpressGatewayService",
    "service modify": "CreateService UpdateService DeleteService CreateExpressGatewayService "
    "UpdateExpressGatewayService DeleteExpressGatewayService",
    "cluster resource read": "DescribeTasks ListTasks DescribeContainerInstances ListContainerInstances "
    "GetTaskProtection ListAttributes",
    "cluster resource modify": "RunTask StartTask StopTask ExecuteCommand RegisterContainerInstance "
    "DeregisterContainerInstance UpdateContainerInstancesState UpdateTaskProtection PutAttributes DeleteAttributes "
    "UpdateContainerAgent",
    "task definition read": "DescribeTaskDefinition ListTaskDefinitions ListTaskDefinitionFamilies",
    "task definition modify": "RegisterTaskDefinition DeregisterTaskDefinition",
    "task definition delete": "DeleteTaskDefinitions",
    "capacity provider read": "DescribeCapacityProviders",
    "capacity provider modify": "CreateCapacityProvider UpdateCapacityProvider DeleteCapacityProvider",
    "account setting read": "ListAccountSettings",
    "account setting modify": "PutAccountSetting PutAccountSettingDefault DeleteAccountSetting",
    "deployment read": "ListServiceDeployments DescribeServiceDeployments",
    "deployment modify": "StopServiceDeployment ContinueServiceDeployment",
    "revision read": "DescribeServiceRevisions",
    "daemon read": "DescribeDaemon DescribeDaemonDeployments DescribeDaemonRevisions DescribeDaemonTaskDefinition "
    "ListDaemonDeployments ListDaemonTaskDefinitions ListDaemons",
    "daemon modify": "CreateDaemon DeleteDaemon DeleteDaemonTaskDefinition RegisterDaemonTaskDefinition UpdateDaemon",
    "gateway read": "DescribeGateway DescribeGatewayResources DescribeGatewayRoute ListGatewayClusterAssociations "
    "ListGatewayRoutes ListGateways",
    "gateway modify": "AssociateGatewayWithCluster CreateGateway DeleteGateway DisassociateGatewayFromCluster "
    "UpdateGateway",
    "task set read": "DescribeTaskSets",
    "task set modify": "CreateTaskSet DeleteTaskSet UpdateServicePrimaryTaskSet UpdateTaskSet",
    "tag read": "ListTagsForResource",
    "tag modify": "TagResource UntagResource",
}
GROUPS = {operation: group for group, operations in _OPERATIONS.items() for operation in operations.split()}


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


class Throttle:
    def __init__(self, *, enabled: bool = True, clock: Callable[[], float] = time.monotonic) -> None:
        self.enabled = enabled
        self.scale = 1.0
        """Factor of the published size of the buckets, for measurements in less time."""
        self._clock = clock
        self._buckets: dict[tuple[Scope, str], _Bucket] = {}

    def admit(self, scope: Scope, operation: str) -> None:
        """Take one token from the bucket of the operation; raise EcsError if none is left."""
        group = GROUPS.get(operation)
        if group and not self.take(scope, group, SIZES[group]):
            raise EcsError("ThrottlingException", "Rate exceeded")

    def take(self, scope: Scope, group: str, size: Size, tokens: float = 1) -> bool:
        """Take tokens from a bucket; return whether there were enough."""
        if not self.enabled:
            return True
        now = self._clock()
        burst = size.burst * self.scale
        bucket = self._buckets.setdefault((scope, group), _Bucket(burst, now))
        bucket.tokens = min(burst, bucket.tokens + (now - bucket.filled_at) * size.refill * self.scale)
        bucket.filled_at = now
        if bucket.tokens < tokens:
            return False
        bucket.tokens -= tokens
        return True

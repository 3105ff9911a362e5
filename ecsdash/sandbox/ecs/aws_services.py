"""What the ECS control plane needs from the other AWS services.

The control plane calls `AwsServices` with its own lock held. An implementation may call back into the control plane
from the same thread, but must never wait for another thread that does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from ecsdash.sandbox.scope import Scope

TargetState = Literal["initial", "healthy", "unhealthy", "draining", "unused"]


@dataclass(frozen=True)
class Subnet:
    id: str
    vpc_id: str
    zone: str
    cidr: str


@dataclass(frozen=True)
class NetworkInterface:
    id: str
    private_ip: str
    mac: str


@dataclass(frozen=True)
class Ingress:
    """The load balancer of an Express service: ARNs and address."""

    load_balancer: str
    target_group: str
    endpoint: str


@dataclass(frozen=True)
class CreatedVolume:
    """An EC2 volume; without an id, `problem` says why it was not created."""

    id: str
    problem: str


@dataclass(frozen=True)
class MissingImage:
    """An image that ECR does not have. `repository` is the repository's name if that is missing, else empty."""

    registry: str
    repository: str


@dataclass(frozen=True)
class TargetGroup:
    arn: str
    target_type: Literal["ip", "instance", "lambda", "alb"]
    attached: bool
    """Whether a listener of a load balancer forwards to it; ECS refuses a target group without one."""
    deregistration_delay: float
    """Seconds for which a deregistered target drains."""


@dataclass(frozen=True)
class AutoScalingGroup:
    arn: str
    name: str
    minimum: int
    maximum: int
    desired: int
    instance_ids: tuple[str, ...]
    protects_new: bool = False
    """Whether new instances are protected from scale-in."""


@dataclass(frozen=True)
class InstanceType:
    vcpu: int
    memory_mib: int
    network_interfaces: int


@dataclass(frozen=True)
class Metric:
    name: str
    dimensions: tuple[tuple[str, str], ...]
    value: float
    unit: str


@dataclass(frozen=True)
class Alarm:
    """A CloudWatch alarm."""

    ringing: bool
    seconds: float
    """Its evaluation time: the sum of its periods."""


class AwsServices(Protocol):
    """The other AWS services, as the control plane uses them."""

    def subnet(self, scope: Scope, subnet_id: str) -> Subnet | None: ...

    def function_exists(self, scope: Scope, name: str) -> bool:
        """Return whether there is a Lambda function of this name."""

    def security_group_exists(self, scope: Scope, group_id: str) -> bool: ...

    def create_network_interface(self, scope: Scope, subnet_id: str, groups: Sequence[str]) -> NetworkInterface | None:
        """Return the interface, or None if the subnet has no free address."""

    def delete_network_interface(self, scope: Scope, interface_id: str) -> None: ...

    def create_volume(
        self, scope: Scope, zone: str, configuration: Mapping[str, Any], tags: Mapping[str, str], task_arn: str
    ) -> CreatedVolume:
        """Create an EC2 volume as a `managedEBSVolume` says, attached to the task."""

    def release_volume(self, scope: Scope, volume_id: str, *, delete: bool) -> None: ...

    def missing_image(self, scope: Scope, image: str) -> MissingImage | None:
        """Return what is missing for the pull of an image of a private ECR registry; None for other registries."""

    def image_digest(self, scope: Scope, image: str) -> str:
        """Return the digest of an image that can be pulled."""

    def reaches_registry(self, scope: Scope, image: str, subnet_id: str, *, public_ip: bool) -> bool:
        """Whether a task in the subnet has a route to the registry of the image."""

    def mount_problem(self, scope: Scope, volume: Mapping[str, Any], subnet_id: str, interface_id: str) -> str:
        """Return why the file system of an EFS volume cannot be mounted in the subnet, or an empty text.

        `interface_id` is that of the task, empty for a task in the network of its instance.
        """

    def role_exists(self, scope: Scope, role_arn: str) -> bool: ...

    def secret_exists(self, scope: Scope, arn: str) -> bool:
        """Whether a container's `valueFrom` (Secrets Manager or SSM parameter, ARN or parameter name) can be read."""

    def target_group(self, scope: Scope, arn: str) -> TargetGroup | None: ...

    def register_target(self, scope: Scope, arn: str, target_id: str, port: int, zone: str, *, healthy: bool) -> None:
        """`healthy`: whether the target's health checks succeed, which depends on the image."""

    def deregister_target(self, scope: Scope, arn: str, target_id: str, port: int) -> None: ...

    def target_health(self, scope: Scope, arn: str, target_id: str, port: int) -> TargetState: ...

    def lattice_group_exists(self, scope: Scope, arn: str) -> bool: ...

    def register_lattice_target(self, scope: Scope, arn: str, address: str, port: int) -> None:
        """Register a task in a target group of VPC Lattice."""

    def deregister_lattice_target(self, scope: Scope, arn: str, address: str, port: int) -> None: ...

    def listener_exists(self, scope: Scope, arn: str) -> bool:
        """Whether there is such a listener or listener rule."""

    def traffic(self, scope: Scope, arn: str) -> dict[str, int]:
        """The weight of each target group to which a listener or a listener rule forwards."""

    def shift_traffic(self, scope: Scope, arn: str, weights: Mapping[str, int]) -> None:
        """Forward a listener or a listener rule to these target groups; the weights add up to 100."""

    def auto_scaling_group(self, scope: Scope, arn: str) -> AutoScalingGroup | None: ...

    def set_desired_capacity(self, scope: Scope, arn: str, desired: int) -> None: ...

    def protect_from_scale_in(self, scope: Scope, arn: str, instance_ids: Sequence[str], *, protected: bool) -> None:
        """Whether the group may choose these instances when it shrinks."""

    def release_instances(self, scope: Scope, arn: str, instance_ids: Sequence[str]) -> None:
        """Terminates these instances of the group and lowers its desired capacity by as many."""

    def default_subnets(self, scope: Scope) -> list[str]:
        """Return the subnets of the default VPC."""

    def create_ingress(self, scope: Scope, name: str, subnets: Sequence[str], port: int, path: str) -> Ingress:
        """Create a load balancer with a target group of addresses; `path` is that of its health checks."""

    def delete_ingress(self, scope: Scope, load_balancer: str, target_group: str) -> None: ...

    def scale_service(self, scope: Scope, cluster: str, service: str, target: Mapping[str, Any]) -> None:
        """Scale a service automatically, as the `scalingTarget` of an Express service says."""

    def log_group_exists(self, scope: Scope, group: str) -> bool: ...

    def create_log_group(self, scope: Scope, group: str) -> None: ...

    def put_log_lines(self, scope: Scope, group: str, stream: str, lines: Sequence[tuple[int, str]]) -> None:
        """Lines are (milliseconds since the epoch, text), oldest first; the stream is created when it is missing."""

    def put_metrics(self, scope: Scope, namespace: str, metrics: Sequence[Metric], at: float) -> None: ...

    def alarm(self, scope: Scope, name: str) -> Alarm | None: ...

    def instance_type_for(self, requirements: Mapping[str, Any], cpu: int, memory: int) -> str:
        """Return the smallest instance type that meets `instanceRequirements` and holds a task, or an empty text."""

    def launch_instance(
        self, scope: Scope, kind: str, subnet_id: str, groups: Sequence[str], tags: Mapping[str, str]
    ) -> str:
        """Launch an EC2 instance and return its id."""

    def instance_address(self, scope: Scope, instance_id: str) -> str: ...

    def terminate_instance(self, scope: Scope, instance_id: str) -> None: ...

    def instance_type(self, name: str) -> InstanceType: ...

    def namespace(self, scope: Scope, reference: str) -> str:
        """Return the ARN of the Cloud Map namespace with this name or ARN, or an empty text."""

    def create_namespace(self, scope: Scope, name: str) -> str:
        """Create an HTTP namespace and return its ARN."""

    def add_name(self, scope: Scope, registry: str, name: str, task_arn: str, address: str, port: int) -> None:
        """Register `name` as a host name of a running task.

        `registry` is the service discovery service's ARN (then `name` is empty: the service knows its own), or for
        Service Connect the namespace's name or ARN.
        """

    def remove_name(self, scope: Scope, registry: str, name: str, task_arn: str) -> None: ...

    def emit_event(self, scope: Scope, detail_type: str, resources: Sequence[str], detail: dict[str, Any]) -> None:
        """Send an event of the source `aws.ecs` at the time of the change. The receiver owns `detail`."""

from collections.abc import Callable, Sequence
from typing import Any

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, autoscaling_backends
from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES

from ecsdash.sandbox.ecs.aws_services import AutoScalingGroup, InstanceType, NetworkInterface, Subnet
from ecsdash.sandbox.moto.models.network import AddressesUsedUpError
from ecsdash.sandbox.scope import Scope


def ec2(scope: Scope) -> EC2Backend:
    return ec2_backends[scope.account][scope.region]


class ComputeAdapter:
    on_capacity_change: Callable[[], None]
    """Called when an Auto Scaling group launches or terminates instances."""

    def subnet(self, scope: Scope, subnet_id: str) -> Subnet | None:
        try:
            found = ec2(scope).get_subnet(subnet_id)
        except InvalidSubnetIdError:
            return None
        return Subnet(found.id, found.vpc_id, found.availability_zone, found.cidr_block)

    def security_group_exists(self, scope: Scope, group_id: str) -> bool:
        return ec2(scope).get_security_group_from_id(group_id) is not None

    def create_network_interface(self, scope: Scope, subnet_id: str, groups: Sequence[str]) -> NetworkInterface | None:
        """Create the network interface of a task. It is managed by ECS: clients cannot detach or delete it."""
        backend = ec2(scope)
        description = "arn:aws:ecs task network interface"
        try:
            interface = backend.create_network_interface(subnet_id, [], group_ids=list(groups), description=description)
        except AddressesUsedUpError:
            return None
        interface.status, interface.requester_managed = "in-use", True
        return NetworkInterface(interface.id, str(interface.private_ip_address), interface.mac_address)

    def delete_network_interface(self, scope: Scope, interface_id: str) -> None:
        if interface_id in ec2(scope).enis:
            ec2(scope).delete_network_interface(interface_id)

    def instance_type(self, name: str) -> InstanceType:
        known: dict[str, Any] = INSTANCE_TYPES.get(name) or INSTANCE_TYPES["t3.micro"]
        return InstanceType(
            vcpu=int(known["VCpuInfo"]["DefaultVCpus"]),
            memory_mib=int(known["MemoryInfo"]["SizeInMiB"]),
            network_interfaces=int(known["NetworkInfo"]["MaximumNetworkInterfaces"]),
        )

    def auto_scaling_group(self, scope: Scope, arn: str) -> AutoScalingGroup | None:
        group = _group(scope, arn)
        if group is None:
            return None
        members = tuple(state.instance.id for state in group.instance_states)
        minimum, maximum = group.min_size or 0, group.max_size or 0
        protects = bool(group.new_instances_protected_from_scale_in)
        return AutoScalingGroup(arn, group.name, minimum, maximum, group.desired_capacity or 0, members, protects)

    def set_desired_capacity(self, scope: Scope, arn: str, desired: int) -> None:
        group = _group(scope, arn)
        if group is not None:
            group.set_desired_capacity(desired)
            self.on_capacity_change()

    def protect_from_scale_in(self, scope: Scope, arn: str, instance_ids: Sequence[str], *, protected: bool) -> None:
        group = _group(scope, arn)
        if group is not None:
            _auto_scaling(scope).set_instance_protection(group.name, list(instance_ids), protected)

    def release_instances(self, scope: Scope, arn: str, instance_ids: Sequence[str]) -> None:
        for instance_id in instance_ids:
            _auto_scaling(scope).terminate_instance(instance_id, should_decrement=True)
        self.on_capacity_change()


def _auto_scaling(scope: Scope) -> AutoScalingBackend:
    return autoscaling_backends[scope.account][scope.region]


def _group(scope: Scope, arn: str) -> FakeAutoScalingGroup | None:
    groups = _auto_scaling(scope).autoscaling_groups
    return next((group for group in groups.values() if group.arn == arn), None)

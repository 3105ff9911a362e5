from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatch
from typing import Any

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, autoscaling_backends
from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES

from ecsdash.sandbox.ecs.aws_services import AutoScalingGroup, InstanceType, NetworkInterface, Subnet
from ecsdash.sandbox.moto.models.network import AddressesUsedUpError
from ecsdash.sandbox.scope import Scope

_NO_EXTRAS: dict[str, Any] = {"is_instance_type_default": False, "tags": {}, "nics": {}}


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

    def instance_type_for(self, requirements: Mapping[str, Any], cpu: int, memory: int) -> str:
        """Return the smallest type of those with at most 95 % of their memory for tasks."""
        fitting = [
            (known["VCpuInfo"]["DefaultVCpus"], known["MemoryInfo"]["SizeInMiB"], name)
            for name, known in INSTANCE_TYPES.items()
            if known["VCpuInfo"]["DefaultVCpus"] * 1024 >= cpu
            and known["MemoryInfo"]["SizeInMiB"] * 0.95 >= memory
            and _meets(name, known, requirements)
        ]
        return min(fitting)[2] if fitting else ""

    def launch_instance(
        self, scope: Scope, kind: str, subnet_id: str, groups: Sequence[str], tags: Mapping[str, str]
    ) -> str:
        backend = ec2(scope)
        image = next(iter(backend.amis))
        made = backend.run_instances(
            image, 1, None, [], instance_type=kind, subnet_id=subnet_id, security_group_ids=list(groups), **_NO_EXTRAS
        )
        instance = made.instances[0]
        instance.add_tags(dict(tags))
        return str(instance.id)

    def instance_address(self, scope: Scope, instance_id: str) -> str:
        return str(ec2(scope).get_instance(instance_id).private_ip)

    def terminate_instance(self, scope: Scope, instance_id: str) -> None:
        ec2(scope).terminate_instances([instance_id])
        self.on_capacity_change()

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


def _meets(name: str, known: Any, requirements: Mapping[str, Any]) -> bool:
    """Whether an instance type meets the requirements that are known of it: size, burstable or not, names."""
    vcpus, memory = known["VCpuInfo"]["DefaultVCpus"], known["MemoryInfo"]["SizeInMiB"]
    allowed, excluded = requirements.get("allowedInstanceTypes"), requirements.get("excludedInstanceTypes", [])
    if allowed and not any(fnmatch(name, pattern) for pattern in allowed):
        return False
    if any(fnmatch(name, pattern) for pattern in excluded):
        return False
    burstable = requirements.get("burstablePerformance", "excluded")
    if burstable != "included" and not allowed and name.startswith("t") != (burstable == "required"):
        return False
    if "arm64" in known["ProcessorInfo"]["SupportedArchitectures"]:
        return False  # tasks of the simulated AWS are for x86_64 unless their provider names a type
    return _within(vcpus, requirements.get("vCpuCount", {})) and _within(memory, requirements.get("memoryMiB", {}))


def _within(value: int, limits: Mapping[str, int]) -> bool:
    return bool(limits.get("min", 0) <= value <= limits.get("max", value))


def _auto_scaling(scope: Scope) -> AutoScalingBackend:
    return autoscaling_backends[scope.account][scope.region]


def _group(scope: Scope, arn: str) -> FakeAutoScalingGroup | None:
    groups = _auto_scaling(scope).autoscaling_groups
    return next((group for group in groups.values() if group.arn == arn), None)

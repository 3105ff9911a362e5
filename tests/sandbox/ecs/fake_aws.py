"""The rest of AWS as the control plane's tests need it: everything exists unless a test takes it away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ecsdash.sandbox.clock import SteppedClock
from ecsdash.sandbox.ecs.aws_services import (
    Alarm,
    AutoScalingGroup,
    CreatedVolume,
    Ingress,
    InstanceType,
    Metric,
    MissingImage,
    NetworkInterface,
    Subnet,
    TargetGroup,
    TargetState,
)
from ecsdash.sandbox.scope import Scope

SUBNETS = {
    "subnet-a": Subnet("subnet-a", "vpc-1", "eu-central-1a", "10.0.0.0/24"),
    "subnet-b": Subnet("subnet-b", "vpc-1", "eu-central-1b", "10.0.1.0/24"),
    "subnet-other": Subnet("subnet-other", "vpc-2", "eu-central-1a", "10.9.0.0/24"),
}
TARGET_GROUP = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/web/0123456789abcdef"
GREEN_GROUP = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/green/0123456789abcdef"
PRODUCTION_RULE = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:listener-rule/app/web/1/2/3"
TEST_RULE = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:listener-rule/app/web/1/2/4"
OTHER_RULE = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:listener-rule/app/web/1/2/5"
UNATTACHED_GROUP = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/lonely/0123456789abcdef"
INSTANCE_GROUP = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/onhost/0123456789abcdef"
SCALING_GROUP = "arn:aws:autoscaling:eu-central-1:111111111111:autoScalingGroup:1:autoScalingGroupName/fleet"
LATTICE_GROUP = "arn:aws:vpc-lattice:eu-central-1:111111111111:targetgroup/tg-1"
NAMESPACE = "arn:aws:servicediscovery:eu-central-1:111111111111:namespace/ns-shop"
HEALTHY_AFTER = 5.0


@dataclass
class RegisteredTarget:
    since: float
    healthy: bool
    draining: bool = False


@dataclass
class FakeAws:
    clock: SteppedClock
    missing_roles: set[str] = field(default_factory=set)
    missing_secrets: set[str] = field(default_factory=set)
    log_groups: set[str] = field(default_factory=lambda: {"/ecs/web"})
    lines: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    metrics: list[Metric] = field(default_factory=list)
    targets: dict[tuple[str, str, int], RegisteredTarget] = field(default_factory=dict)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    interfaces: dict[str, NetworkInterface] = field(default_factory=dict)
    names: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    group: AutoScalingGroup = field(
        default_factory=lambda: AutoScalingGroup(SCALING_GROUP, "fleet", 0, 5, 0, (), protects_new=True)
    )
    weights: dict[str, dict[str, int]] = field(
        default_factory=lambda: {
            PRODUCTION_RULE: {TARGET_GROUP: 100, GREEN_GROUP: 0},
            TEST_RULE: {TARGET_GROUP: 100},
            OTHER_RULE: {},
        }
    )
    shifts: list[tuple[float, str, dict[str, int]]] = field(default_factory=list)
    """(time, listener rule, weights), as they were asked for"""
    protected: set[str] = field(default_factory=set)
    released: list[str] = field(default_factory=list)
    told: list[tuple[str, list[str], dict[str, Any]]] = field(default_factory=list)
    """Events: (detail type, resources, detail)"""
    missing_images: dict[str, MissingImage] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    volumes: dict[str, dict[str, Any]] = field(default_factory=dict)
    namespaces: dict[str, str] = field(default_factory=lambda: {"shop.local": NAMESPACE})
    launched: dict[str, str] = field(default_factory=dict)
    """EC2 instance that ECS launched -> its type, or `terminated`."""
    ingress: dict[str, str] = field(default_factory=dict)
    """Load balancer of an Express service -> path of its health checks."""
    scaled: dict[str, dict[str, Any]] = field(default_factory=dict)
    lattice: set[tuple[str, str, int]] = field(default_factory=set)
    volume_problem: str = ""
    _volumes_made: int = 0
    closed_subnets: set[str] = field(default_factory=set)
    mount_problems: dict[str, str] = field(default_factory=dict)
    full_subnets: set[str] = field(default_factory=set)
    _interfaces_made: int = 0

    def subnet(self, scope: Scope, subnet_id: str) -> Subnet | None:
        return SUBNETS.get(subnet_id)

    def security_group_exists(self, scope: Scope, group_id: str) -> bool:
        return group_id == "sg-1"

    def create_network_interface(self, scope: Scope, subnet_id: str, groups: Sequence[str]) -> NetworkInterface | None:
        if subnet_id in self.full_subnets:
            return None
        self._interfaces_made += 1
        number = self._interfaces_made
        address = SUBNETS[subnet_id].cidr.replace("0/24", str(number + 3))
        interface = NetworkInterface(f"eni-{number:08x}", address, f"02:00:00:00:00:{number:02x}")
        self.interfaces[interface.id] = interface
        return interface

    def delete_network_interface(self, scope: Scope, interface_id: str) -> None:
        self.interfaces.pop(interface_id, None)

    def create_volume(
        self, scope: Scope, zone: str, configuration: Mapping[str, Any], tags: Mapping[str, str], task_arn: str
    ) -> CreatedVolume:
        if self.volume_problem:
            return CreatedVolume("", self.volume_problem)
        self._volumes_made += 1
        volume_id = f"vol-{self._volumes_made:08x}"
        self.volumes[volume_id] = {"zone": zone, "tags": dict(tags), **configuration}
        return CreatedVolume(volume_id, "")

    def release_volume(self, scope: Scope, volume_id: str, *, delete: bool) -> None:
        if delete:
            del self.volumes[volume_id]

    def missing_image(self, scope: Scope, image: str) -> MissingImage | None:
        return self.missing_images.get(image)

    def image_digest(self, scope: Scope, image: str) -> str:
        return self.digests.get(image, f"sha256:{image}")

    def reaches_registry(self, scope: Scope, image: str, subnet_id: str, *, public_ip: bool) -> bool:
        return subnet_id not in self.closed_subnets

    def mount_problem(self, scope: Scope, volume: Mapping[str, Any], subnet_id: str, interface_id: str) -> str:
        return self.mount_problems.get(volume["fileSystemId"], "")

    def role_exists(self, scope: Scope, role_arn: str) -> bool:
        return role_arn not in self.missing_roles

    def secret_exists(self, scope: Scope, arn: str) -> bool:
        return arn not in self.missing_secrets

    def target_group(self, scope: Scope, arn: str) -> TargetGroup | None:
        known = {
            TARGET_GROUP: TargetGroup(TARGET_GROUP, "ip", attached=True, deregistration_delay=300),
            GREEN_GROUP: TargetGroup(GREEN_GROUP, "ip", attached=True, deregistration_delay=300),
            UNATTACHED_GROUP: TargetGroup(UNATTACHED_GROUP, "ip", attached=False, deregistration_delay=300),
            INSTANCE_GROUP: TargetGroup(INSTANCE_GROUP, "instance", attached=True, deregistration_delay=300),
        }
        return known.get(arn)

    def register_target(self, scope: Scope, arn: str, target_id: str, port: int, zone: str, *, healthy: bool) -> None:
        self.targets[arn, target_id, port] = RegisteredTarget(self.clock.now(), healthy)

    def deregister_target(self, scope: Scope, arn: str, target_id: str, port: int) -> None:
        self.targets[arn, target_id, port].draining = True

    def target_health(self, scope: Scope, arn: str, target_id: str, port: int) -> TargetState:
        target = self.targets[arn, target_id, port]
        if target.draining:
            return "draining"
        if self.clock.now() < target.since + HEALTHY_AFTER:
            return "initial"
        return "healthy" if target.healthy else "unhealthy"

    def lattice_group_exists(self, scope: Scope, arn: str) -> bool:
        return arn == LATTICE_GROUP

    def register_lattice_target(self, scope: Scope, arn: str, address: str, port: int) -> None:
        self.lattice.add((arn, address, port))

    def deregister_lattice_target(self, scope: Scope, arn: str, address: str, port: int) -> None:
        self.lattice.discard((arn, address, port))

    def listener_exists(self, scope: Scope, arn: str) -> bool:
        return arn in self.weights

    def traffic(self, scope: Scope, arn: str) -> dict[str, int]:
        return dict(self.weights[arn])

    def shift_traffic(self, scope: Scope, arn: str, weights: Mapping[str, int]) -> None:
        self.weights[arn] = dict(weights)
        self.shifts.append((self.clock.now(), arn, dict(weights)))

    def auto_scaling_group(self, scope: Scope, arn: str) -> AutoScalingGroup | None:
        return self.group if arn == SCALING_GROUP else None

    def set_desired_capacity(self, scope: Scope, arn: str, desired: int) -> None:
        self.group = replace(self.group, desired=desired)

    def protect_from_scale_in(self, scope: Scope, arn: str, instance_ids: Sequence[str], *, protected: bool) -> None:
        self.protected = self.protected | set(instance_ids) if protected else self.protected - set(instance_ids)

    def release_instances(self, scope: Scope, arn: str, instance_ids: Sequence[str]) -> None:
        self.released.extend(instance_ids)
        self.group = replace(self.group, desired=self.group.desired - len(instance_ids))

    def default_subnets(self, scope: Scope) -> list[str]:
        return ["subnet-a", "subnet-b"]

    def create_ingress(self, scope: Scope, name: str, subnets: Sequence[str], port: int, path: str) -> Ingress:
        self.ingress[name] = path
        return Ingress(f"arn:lb:{name}", TARGET_GROUP, f"http://{name}.example")

    def delete_ingress(self, scope: Scope, load_balancer: str, target_group: str) -> None:
        self.ingress.pop(load_balancer.rpartition(":")[2])

    def scale_service(self, scope: Scope, cluster: str, service: str, target: Mapping[str, Any]) -> None:
        self.scaled[service] = dict(target)

    def log_group_exists(self, scope: Scope, group: str) -> bool:
        return group in self.log_groups

    def create_log_group(self, scope: Scope, group: str) -> None:
        self.log_groups.add(group)

    def put_log_lines(self, scope: Scope, group: str, stream: str, lines: Sequence[tuple[int, str]]) -> None:
        self.lines.setdefault((group, stream), []).extend(lines)

    def put_metrics(self, scope: Scope, namespace: str, metrics: Sequence[Metric], at: float) -> None:
        self.metrics.extend(metrics)

    def alarm(self, scope: Scope, name: str) -> Alarm | None:
        return self.alarms.get(name)

    def instance_type_for(self, requirements: Mapping[str, Any], cpu: int, memory: int) -> str:
        sizes = {"t3.micro": (2048, 970), "m5.large": (2048, 7780)}
        fitting = [name for name, (cpus, mib) in sizes.items() if cpu <= cpus and memory <= mib]
        allowed = requirements.get("allowedInstanceTypes", fitting)
        return next((name for name in fitting if name in allowed), "")

    def launch_instance(
        self, scope: Scope, kind: str, subnet_id: str, groups: Sequence[str], tags: Mapping[str, str]
    ) -> str:
        instance_id = f"i-{len(self.launched) + 1:017x}"
        self.launched[instance_id] = kind
        return instance_id

    def instance_address(self, scope: Scope, instance_id: str) -> str:
        return f"10.0.8.{int(instance_id[2:], 16)}"

    def terminate_instance(self, scope: Scope, instance_id: str) -> None:
        self.launched[instance_id] = "terminated"

    def instance_type(self, name: str) -> InstanceType:
        sizes = {"t3.micro": InstanceType(2, 1024, 2), "m5.large": InstanceType(2, 8192, 3)}
        return sizes[name]

    def function_exists(self, scope: Scope, name: str) -> bool:
        return name == "check"

    def namespace(self, scope: Scope, reference: str) -> str:
        return self.namespaces.get(reference, reference if reference in self.namespaces.values() else "")

    def create_namespace(self, scope: Scope, name: str) -> str:
        self.namespaces[name] = f"arn:aws:servicediscovery:{scope.region}:{scope.account}:namespace/ns-{name}"
        return self.namespaces[name]

    def add_name(self, scope: Scope, registry: str, name: str, task_arn: str, address: str, port: int) -> None:
        self.names.setdefault((registry, name), {})[task_arn] = f"{address}:{port}"

    def remove_name(self, scope: Scope, registry: str, name: str, task_arn: str) -> None:
        self.names.get((registry, name), {}).pop(task_arn, None)

    def emit_event(self, scope: Scope, detail_type: str, resources: Sequence[str], detail: dict[str, Any]) -> None:
        self.told.append((detail_type, list(resources), detail))

"""EC2 capacity of a cluster: launch template, Auto Scaling group, capacity provider with managed scaling."""

from dataclasses import dataclass, field
from typing import Any, Final

from clusters.planning.launching import CLUSTER_TAG, NOT_KNOWN_YET, Launch, launch_changes, profile_steps
from clusters.planning.roles import NOT_KNOWN_SECONDS
from ecsdash.aws.prices import Estimate, instances_monthly
from ecsdash.operations.plan import Change, Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG, ref

#: The settings of a capacity provider that a new cluster gets.
USUAL: Final[dict[str, Any]] = {
    "managedScaling": {"status": "ENABLED", "targetCapacity": 100},
    "managedTerminationProtection": "DISABLED",
    "managedDraining": "ENABLED",
}


@dataclass(frozen=True)
class Mix:
    """Several instance types, the best first, and Spot instances: `base` On-Demand instances, and this percentage of
    On-Demand instances above them."""

    types: tuple[str, ...] = ()
    base: int = 0
    percentage: int = 100

    @property
    def needed(self) -> bool:
        return len(self.types) > 1 or self.percentage < 100

    def policy(self, template: dict[str, Any]) -> dict[str, Any]:
        """Return MixedInstancesPolicy."""
        return {
            "LaunchTemplate": {
                "LaunchTemplateSpecification": template,
                "Overrides": [{"InstanceType": name} for name in self.types],
            },
            "InstancesDistribution": {
                "OnDemandBaseCapacity": self.base,
                "OnDemandPercentageAboveBaseCapacity": self.percentage,
                "SpotAllocationStrategy": "price-capacity-optimized",
            },
        }


@dataclass(frozen=True)
class GroupCapacity:
    """`name` names all three. The group starts with `desired` instances; ECS scales it within the bounds.

    `settings` are those of the capacity provider."""

    name: str
    launch: Launch
    minimum: int
    maximum: int
    desired: int
    mix: Mix = Mix()
    settings: dict[str, Any] = field(default_factory=lambda: USUAL)

    @property
    def monthly_cost(self) -> Estimate:
        kind = self.launch.instance_type
        return instances_monthly(kind.region, kind.name, self.desired, self.launch.disk)

    def steps(self, other_providers: list[str], strategy: list[dict[str, Any]]) -> tuple[Step, ...]:
        """`other_providers`: the cluster's other capacity providers. `strategy`: its default strategy."""
        created = (*profile_steps(self.launch), self._template(), self._group(), self._read_group(), self._provider())
        waits = (self._registered(),) if self.desired else ()
        return (*created, self._attach(other_providers, strategy), *waits)

    def changes(self) -> tuple[Change, ...]:
        size = f"{self.minimum} to {self.maximum}, desired {self.desired}"
        return (
            Change("capacity provider", None, self.name),
            Change("instances", None, size),
            *(self._mix_changes() if self.mix.needed else ()),
            *launch_changes(self.launch),
        )

    def _mix_changes(self) -> tuple[Change, ...]:
        shares = f"{self.mix.base} at least, and {self.mix.percentage} % of the others"
        return (
            Change("instance types", None, ", ".join(self.mix.types)),
            Change("On-Demand instances", None, shares),
        )

    def _template(self) -> Step:
        tags = [{"Key": CLUSTER_TAG, "Value": self.launch.cluster}]
        return Step(
            "launch_template",
            f"Create the launch template {self.name}",
            "ec2.create_launch_template",
            {
                "LaunchTemplateName": self.name,
                "LaunchTemplateData": self.launch.template(),
                "TagSpecifications": [{"ResourceType": "launch-template", "Tags": tags}],
            },
            repeat=Repeat.TOKEN,
            token_param="ClientToken",  # noqa: S106
        )

    def _group(self) -> Step:
        template = {"LaunchTemplateId": ref("launch_template.LaunchTemplate.LaunchTemplateId"), "Version": "$Latest"}
        launched: dict[str, Any] = {"LaunchTemplate": template}
        if self.mix.needed:
            launched = {"MixedInstancesPolicy": self.mix.policy(template)}
        protects = self.settings.get("managedTerminationProtection") == "ENABLED"
        return Step(
            "auto_scaling_group",
            f"Create the Auto Scaling group {self.name}",
            "autoscaling.create_auto_scaling_group",
            {
                "AutoScalingGroupName": self.name,
                **launched,
                **({"NewInstancesProtectedFromScaleIn": True} if protects else {}),
                "MinSize": self.minimum,
                "MaxSize": self.maximum,
                "DesiredCapacity": self.desired,
                "VPCZoneIdentifier": ",".join(subnet.name for subnet in self.launch.subnets),
                "Tags": self._group_tags(),
            },
            repeat=Repeat.LOOKUP,
            lookup="auto_scaling_group_made",
            retry_on=NOT_KNOWN_YET if self.launch.makes_profile else (),
            timeout=NOT_KNOWN_SECONDS,
        )

    def _group_tags(self) -> list[dict[str, Any]]:
        own = {CLUSTER_TAG: self.launch.cluster, STEP_TAG: STEP_ID}
        return [
            {"Key": "AmazonECSManaged", "Value": "", "PropagateAtLaunch": True},
            *({"Key": key, "Value": value, "PropagateAtLaunch": False} for key, value in own.items()),
        ]

    def _read_group(self) -> Step:
        return Step(
            "read_group",
            "Read the ARN of the Auto Scaling group",
            "autoscaling.describe_auto_scaling_groups",
            {"AutoScalingGroupNames": [self.name]},
        )

    def _provider(self) -> Step:
        group = {"autoScalingGroupArn": ref("read_group.AutoScalingGroups.0.AutoScalingGroupARN"), **self.settings}
        return provider_step(self.name, self.launch.cluster, {"autoScalingGroupProvider": group})

    def _attach(self, others: list[str], strategy: list[dict[str, Any]]) -> Step:
        return attach_step(self.launch.cluster, [*others, self.name], strategy)

    def _registered(self) -> Step:
        return Step(
            "register",
            "Wait until the instances are registered in the cluster",
            until="group_registered",
            until_params={"cluster": self.launch.cluster, "group": self.name},
        )


def provider_step(name: str, cluster: str, provider: dict[str, Any]) -> Step:
    """Return the call that creates a capacity provider. `provider`: its member of CreateCapacityProvider."""
    return Step(
        "capacity_provider",
        f"Create the capacity provider {name}",
        "ecs.create_capacity_provider",
        {
            "name": name,
            **provider,
            "tags": [{"key": CLUSTER_TAG, "value": cluster}, {"key": STEP_TAG, "value": STEP_ID}],
        },
        repeat=Repeat.LOOKUP,
        lookup="capacity_provider_made",
    )


def attach_step(cluster: str, providers: list[str], strategy: list[dict[str, Any]], title: str = "") -> Step:
    """Return the call that sets the capacity providers of a cluster and its default strategy."""
    return Step(
        "attach",
        title or f"Attach the capacity provider to {cluster}",
        "ecs.put_cluster_capacity_providers",
        {"cluster": cluster, "capacityProviders": providers, "defaultCapacityProviderStrategy": strategy},
        retry_on=("UpdateInProgressException",),
        until="cluster_attached",
        until_params={"cluster": cluster},
    )

"""EC2 capacity of a cluster: launch template, Auto Scaling group, capacity provider with managed scaling."""

from dataclasses import dataclass
from typing import Any

from clusters.planning.launching import CLUSTER_TAG, NOT_KNOWN_YET, Launch, launch_changes, profile_steps
from clusters.planning.roles import NOT_KNOWN_SECONDS
from ecsdash.aws.prices import Estimate, instances_monthly
from ecsdash.operations.plan import Change, Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG, ref


@dataclass(frozen=True)
class GroupCapacity:
    """`name` names all three. The group starts with `desired` instances; ECS scales it within the bounds."""

    name: str
    launch: Launch
    minimum: int
    maximum: int
    desired: int

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
            *launch_changes(self.launch),
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
        return Step(
            "auto_scaling_group",
            f"Create the Auto Scaling group {self.name}",
            "autoscaling.create_auto_scaling_group",
            {
                "AutoScalingGroupName": self.name,
                "LaunchTemplate": template,
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
        return Step(
            "capacity_provider",
            f"Create the capacity provider {self.name}",
            "ecs.create_capacity_provider",
            {
                "name": self.name,
                "autoScalingGroupProvider": {
                    "autoScalingGroupArn": ref("read_group.AutoScalingGroups.0.AutoScalingGroupARN"),
                    "managedScaling": {"status": "ENABLED", "targetCapacity": 100},
                    "managedTerminationProtection": "DISABLED",
                    "managedDraining": "ENABLED",
                },
                "tags": [{"key": CLUSTER_TAG, "value": self.launch.cluster}, {"key": STEP_TAG, "value": STEP_ID}],
            },
            repeat=Repeat.LOOKUP,
            lookup="capacity_provider_made",
        )

    def _attach(self, others: list[str], strategy: list[dict[str, Any]]) -> Step:
        return Step(
            "attach",
            f"Attach the capacity provider to {self.launch.cluster}",
            "ecs.put_cluster_capacity_providers",
            {
                "cluster": self.launch.cluster,
                "capacityProviders": [*others, self.name],
                "defaultCapacityProviderStrategy": strategy,
            },
            retry_on=("UpdateInProgressException",),
            until="cluster_attached",
            until_params={"cluster": self.launch.cluster},
        )

    def _registered(self) -> Step:
        return Step(
            "register",
            "Wait until the instances are registered in the cluster",
            until="group_registered",
            until_params={"cluster": self.launch.cluster, "group": self.name},
        )

"""Auto Scaling groups that spread their instances over subnets."""

import math
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from moto.autoscaling import urls
from moto.autoscaling.exceptions import AutoscalingClientError
from moto.autoscaling.models import (
    ASG_NAME_TAG,
    AutoScalingBackend,
    FakeAutoScalingGroup,
    InstanceState,
    TerminateInstanceActivity,
)
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.ec2.models.instances import Reservation
from moto.moto_api._internal import mock_random

from ecsdash.sandbox.moto.models.compute import NoCapacityError
from ecsdash.sandbox.moto.models.runtime import runtime
from ecsdash.sandbox.scope import Scope

WAITING = "Terminating:Wait"
"""The lifecycle state of an instance that is drained before it is terminated."""
_KEPT = 100
"""Number of activities kept for each group."""


class AlreadyExistsError(AutoscalingClientError):
    code = "AlreadyExists"


class ResourceInUseError(AutoscalingClientError):
    code = "ResourceInUse"


class SandboxAutoScalingGroup(FakeAutoScalingGroup):
    kept_policy: dict[str, Any] | None = None  # its mixed instances policy before a change
    leaving = False  # deleted by force: its instances are ended at once, as the API reference says of ForceDelete

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.activities: list[dict[str, Any]] = []
        """Launches, the newest first."""
        super().__init__(*args, **kwargs)

    def _set_launch_configuration(self, name: str, template: Any, mixed_instances_policy: Any) -> None:
        """A change that names no launch template keeps the one of the mixed instances policy."""
        if not name and not template and not mixed_instances_policy:
            self.mixed_instances_policy = self.kept_policy
            return
        self.kept_policy = mixed_instances_policy
        super()._set_launch_configuration(name, template, mixed_instances_policy)

    def set_desired_capacity(self, new_capacity: int | None) -> None:
        """With managed draining, surplus instances wait until their tasks have stopped."""
        wanted = self.min_size if new_capacity is None else new_capacity
        active = self.active_instances()
        surplus = len(active) - (wanted or 0)
        if surplus > 0 and self.drains:
            free = [state for state in active if not state.protected_from_scale_in]
            for state in free[:surplus]:
                state.lifecycle_state = WAITING
            self.desired_capacity = wanted
            return
        super().set_desired_capacity(new_capacity)

    @property
    def drains(self) -> bool:
        backend = self.autoscaling_backend
        return not self.leaving and runtime.managed_draining(Scope(backend.account_id, backend.region_name), self.arn)

    @property
    def short_of(self) -> bool:
        """Whether it has fewer instances than desired."""
        return len(self.active_instances()) < (self.desired_capacity or 0)

    def replace_autoscaling_group_instances(self, count_needed: int, propagated_tags: dict[str, str]) -> None:
        """Launch each instance in the subnet with the fewest; without capacity the group retries later."""
        tags = {**propagated_tags, **self.instance_tags, ASG_NAME_TAG: self.name}
        for _ in range(count_needed):
            try:
                reservation = self._run_one(tags)
            except NoCapacityError as error:
                self._note("Launching a new EC2 instance", "Failed", f"{error.message} Launching EC2 instance failed.")
                return
            self._note(f"Launching a new EC2 instance: {reservation.instances[0].id}", "Successful", "")
            for instance in reservation.instances:
                instance.autoscaling_group = self  # type: ignore[attr-defined]
                protected = self.new_instances_protected_from_scale_in
                self.instance_states.append(InstanceState(instance, protected_from_scale_in=protected))

    def _note(self, description: str, status: str, message: str) -> None:
        reason = f".  Status Reason: {message}" if message else ""
        activity = {
            "ActivityId": mock_random.uuid4(),
            "AutoScalingGroupName": self.name,
            "Description": f"{description}{reason}",
            "Cause": "an instance was started in response to a difference between desired and actual capacity.",
            "StartTime": datetime.fromtimestamp(runtime.now(), UTC),
            "EndTime": datetime.fromtimestamp(runtime.now(), UTC),
            "StatusCode": status,
            "StatusMessage": message,
            "Progress": 100,
        }
        self.activities = [activity, *self.activities[: _KEPT - 1]]

    def _buys_spot(self) -> bool:
        """Whether the next instance is a Spot instance, by the launch configuration or the mixed instances policy."""
        if self.launch_config and self.launch_config.spot_price:
            return True
        distribution = (self.mixed_instances_policy or {}).get("InstancesDistribution") or {}
        base = int(distribution.get("OnDemandBaseCapacity") or 0)
        share = int(distribution.get("OnDemandPercentageAboveBaseCapacity") or 0) if distribution else 100
        size = len(self.instance_states) + 1
        on_demand = sum(state.instance.lifecycle != "spot" for state in self.instance_states)
        return on_demand >= min(size, base) + math.ceil(max(0, size - base) * share / 100)

    def _run_one(self, tags: dict[str, str]) -> Reservation:
        return self.autoscaling_backend.ec2_backend.run_instances(
            self.image_id,
            1,
            self.user_data,
            self.security_groups,
            instance_type=self.instance_type,
            tags={"instance": tags},
            placement=self.availability_zones[len(self.instance_states) % len(self.availability_zones)],
            region_name=self.autoscaling_backend.region_name,
            launch_config=self.launch_config,
            launch_template=self._template(),
            is_instance_type_default=False,
            associate_public_ip=self.launch_config.associate_public_ip_address if self.launch_config else None,
            iam_instance_profile_name=self.launch_config.iam_instance_profile if self.launch_config else None,
            subnet_id=self._emptiest_subnet(),
            instance_market_options="spot" if self._buys_spot() else None,
        )

    def _template(self) -> dict[str, str] | None:
        template = self.ec2_launch_template
        return {"LaunchTemplateId": template.id, "Version": str(self.launch_template_version)} if template else None

    def _emptiest_subnet(self) -> str | None:
        subnets = [subnet for subnet in (self.vpc_zone_identifier or "").split(",") if subnet]
        used = Counter(state.instance.subnet_id for state in self.instance_states)
        return min(subnets, key=lambda subnet: used[subnet], default=None)


class SandboxAutoScalingBackend(AutoScalingBackend):
    @property
    def _url_module(self) -> Any:
        return urls

    def create_auto_scaling_group(self, name: str, *args: Any, **kwargs: Any) -> FakeAutoScalingGroup:
        if name in self.autoscaling_groups:
            raise AlreadyExistsError("AutoScalingGroup by this name already exists - A group with this name exists")
        return super().create_auto_scaling_group(name, *args, **kwargs)

    def terminate_instance(self, instance_id: str, should_decrement: bool) -> TerminateInstanceActivity:
        for group in self.autoscaling_groups.values():
            for state in group.active_instances():
                if state.instance.id == instance_id and isinstance(group, SandboxAutoScalingGroup) and group.drains:
                    size = group.desired_capacity or 0
                    state.lifecycle_state = WAITING
                    group.desired_capacity = size - should_decrement
                    return TerminateInstanceActivity(state.instance, size)
        return super().terminate_instance(instance_id, should_decrement)


def describe_scaling_activities(self: AutoScalingResponse) -> ActionResult:
    wanted, most = self._get_param("AutoScalingGroupName"), self._get_int_param("MaxRecords") or 100
    found = [
        activity
        for group in self.autoscaling_backend.autoscaling_groups.values()
        if isinstance(group, SandboxAutoScalingGroup) and wanted in (None, group.name)
        for activity in group.activities
    ]
    return ActionResult({"Activities": found[:most]})


def delete_auto_scaling_group(self: AutoScalingResponse) -> ActionResult:
    """Refuse while the group has instances, unless the deletion is forced."""
    group = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
    if group and group.instance_states and not self._get_bool_param("ForceDelete", False):
        raise ResourceInUseError("You cannot delete an AutoScalingGroup while there are instances still in the group.")
    if isinstance(group, SandboxAutoScalingGroup):
        group.leaving = True
    return _delete(self)


_delete = AutoScalingResponse.delete_auto_scaling_group

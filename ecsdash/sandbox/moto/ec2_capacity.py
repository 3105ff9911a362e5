"""EC2 capacity over time: Spot instances are interrupted, Auto Scaling groups retry launches, and instances that a
capacity provider drains are terminated when they are empty."""

from collections.abc import Iterator

from moto.autoscaling.models import autoscaling_backends
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import StateReason
from moto.elbv2.models import elbv2_backends

from ecsdash.sandbox.ecs import EcsControlPlane
from ecsdash.sandbox.moto.instance_registration import InstanceRegistration, all_instances, cluster_name
from ecsdash.sandbox.moto.models.auto_scaling import WAITING, SandboxAutoScalingGroup
from ecsdash.sandbox.moto.models.compute import SandboxInstance
from ecsdash.sandbox.moto.user_data import drains_when_interrupted
from ecsdash.sandbox.scope import Scope

NOTICE_SECONDS = 120.0
"""From the interruption notice until EC2 terminates a Spot instance."""
_LOOK_SECONDS = 5.0
_AGAIN_SECONDS = 60.0
_TAKEN_BACK = StateReason("Server.SpotInstanceTermination: Spot instance termination", "Server.SpotInstanceTermination")


class Ec2Capacity:
    def __init__(self, plane: EcsControlPlane, registration: InstanceRegistration) -> None:
        self._plane, self._registration = plane, registration
        self._look_at = self._again_at = 0.0

    def advance(self, now: float) -> None:
        if now >= self._look_at:
            self._look_at = now + _LOOK_SECONDS
            for scope, instance in all_instances():
                if instance.lifecycle == "spot" and instance.state == "running":
                    self._interrupt(scope, instance, now)
            for scope, group in _groups():
                self._finish_draining(scope, group)
        if now >= self._again_at:
            self._again_at = now + _AGAIN_SECONDS
            self._fill_groups()

    def _interrupt(self, scope: Scope, instance: SandboxInstance, now: float) -> None:
        if instance.interrupted_at is None:
            faults = self._plane.faults
            if faults.affects("spot-interruption", f"instance:{instance.id}", cluster_name(instance)):
                instance.interrupted_at = now
                if drains_when_interrupted(instance.user_data):
                    self._plane.drain_instance(scope, instance.id)
        elif now >= instance.interrupted_at + NOTICE_SECONDS:
            ids = [instance.id]
            ec2_backends[scope.account][scope.region].terminate_instances(ids)
            instance.state_reason = _TAKEN_BACK
            autoscaling_backends[scope.account][scope.region].notify_terminate_instances(ids)
            elbv2_backends[scope.account][scope.region].notify_terminate_instances(ids)
            self._registration.recheck()

    def _finish_draining(self, scope: Scope, group: SandboxAutoScalingGroup) -> None:
        """Terminates the instances that waited for their last task to leave."""
        for state in [state for state in group.instance_states if state.lifecycle_state == WAITING]:
            if not self._plane.drain_instance(scope, state.instance.id):
                group.instance_states.remove(state)
                ec2_backends[scope.account][scope.region].terminate_instances([state.instance.id])
                self._registration.recheck()

    def _fill_groups(self) -> None:
        for _, group in _groups():
            if group.short_of:
                group.set_desired_capacity(group.desired_capacity)
                self._registration.recheck()


def _groups() -> Iterator[tuple[Scope, SandboxAutoScalingGroup]]:
    for account, regions in list(autoscaling_backends.items()):
        for region, backend in list(regions.items()):
            for group in list(backend.autoscaling_groups.values()):
                if isinstance(group, SandboxAutoScalingGroup):
                    yield Scope(account, region), group

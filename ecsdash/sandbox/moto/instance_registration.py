"""Registration of EC2 instances in the cluster that their user data names, until they stop."""

from collections.abc import Iterator
from typing import Protocol

from moto.ec2.models import ec2_backends

from ecsdash.sandbox.moto.models.compute import BOOT_SECONDS, SandboxInstance
from ecsdash.sandbox.moto.user_data import cluster_in
from ecsdash.sandbox.scope import Scope

REGISTER_SECONDS = BOOT_SECONDS + 12.0
"""From launch until the agent has started and registered."""


class Registrar(Protocol):
    def instance_launched(
        self,
        scope: Scope,
        instance_id: str,
        instance_type: str,
        cluster_name: str,
        *,
        subnet_id: str,
        zone: str,
        private_ip: str,
        attributes: dict[str, str] | None = None,
    ) -> str | None: ...

    def instance_terminated(self, scope: Scope, instance_id: str) -> None: ...


class InstanceRegistration:
    def __init__(self, registrar: Registrar) -> None:
        self._registrar = registrar
        self.registered: set[tuple[Scope, str]] = set()
        self._recheck_needed = True

    def recheck(self) -> None:
        """Check all instances again: some may have been launched, stopped or terminated."""
        self._recheck_needed = True

    def advance(self, now: float) -> None:
        if not self._recheck_needed:
            return
        self._recheck_needed = False
        for scope, instance in all_instances():
            instance.boot()
            if instance.state in ("pending", "running"):
                self._join(scope, instance, now)
            elif (scope, instance.id) in self.registered:
                self.registered.discard((scope, instance.id))
                self._registrar.instance_terminated(scope, instance.id)

    def _join(self, scope: Scope, instance: SandboxInstance, now: float) -> None:
        cluster = cluster_name(instance)
        if not cluster or not instance.iam_instance_profile or (scope, instance.id) in self.registered:
            self._recheck_needed |= instance.state == "pending"
            return
        self._recheck_needed = True
        if now < instance.started_at + REGISTER_SECONDS:
            return
        arn = self._registrar.instance_launched(
            scope,
            instance.id,
            instance.instance_type,
            cluster,
            subnet_id=instance.subnet_id or "",
            zone=instance.availability_zone or "",
            private_ip=instance.private_ip or "",
            attributes={"ecs.ami-id": instance.image_id},
        )
        if arn:  # else there is no such cluster: the agent keeps trying
            self.registered.add((scope, instance.id))


def all_instances() -> Iterator[tuple[Scope, SandboxInstance]]:
    for account, regions in list(ec2_backends.items()):
        for region, backend in list(regions.items()):
            for reservation in list(backend.reservations.values()):
                for instance in reservation.instances:
                    if isinstance(instance, SandboxInstance):
                        yield Scope(account, region), instance


def cluster_name(instance: SandboxInstance) -> str:
    """Return the cluster that the agent's configuration names; for an ECS-optimised AMI without one, `default`."""
    if named := cluster_in(instance.user_data):
        return named
    images = instance.ec2_backend.describe_images(filters={"image-id": instance.image_id})
    return "default" if images and "-ecs-" in (images[0].name or "") else ""

"""EC2 volumes that ECS creates for tasks."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_block_store import VolumeAttachment

from ecsdash.sandbox.ecs.aws_services import CreatedVolume
from ecsdash.sandbox.moto.adapters.compute import ec2
from ecsdash.sandbox.scope import Scope


class VolumeAdapter:
    def create_volume(
        self, scope: Scope, zone: str, configuration: Mapping[str, Any], tags: Mapping[str, str], task_arn: str
    ) -> CreatedVolume:
        try:
            volume = ec2(scope).create_volume(
                size=configuration.get("sizeInGiB"),  # type: ignore[arg-type]
                zone_name=zone or f"{scope.region}a",
                snapshot_id=configuration.get("snapshotId"),
                encrypted=configuration.get("encrypted", False),
                kms_key_id=configuration.get("kmsKeyId"),
                volume_type=configuration.get("volumeType", "gp3"),
                iops=configuration.get("iops"),
                throughput=configuration.get("throughput"),
            )
        except EC2ClientError as error:
            return CreatedVolume("", str(error.message))
        volume.add_tags(dict(tags))
        task = SimpleNamespace(id=task_arn.rpartition("/")[2])
        volume.attachment = VolumeAttachment(volume, task, "/dev/xvdba", "attached")  # type: ignore[abstract]
        return CreatedVolume(str(volume.id), "")

    def release_volume(self, scope: Scope, volume_id: str, *, delete: bool) -> None:
        """Detach a volume, and delete it unless the task keeps it."""
        volume = ec2(scope).volumes.get(volume_id)
        if volume is not None:
            volume.attachment = None
            if delete:
                del ec2(scope).volumes[volume_id]

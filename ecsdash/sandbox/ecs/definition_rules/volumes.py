"""Volumes of the task and where its containers mount them."""

import re

from ecsdash.sandbox.ecs.errors import client_error
from ecsdash.sandbox.ecs.models import Json

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_KINDS = (
    "host",
    "dockerVolumeConfiguration",
    "efsVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration",
    "s3filesVolumeConfiguration",
    "configuredAtLaunch",
)


def check(params: Json) -> None:
    volumes, containers = params.get("volumes", []), params["containerDefinitions"]
    names = [volume.get("name", "") for volume in volumes]
    if len(names) != len(set(names)):
        raise client_error("Volume names must be unique within a task definition.")
    for volume in volumes:
        _check_volume(volume)
    for container in containers:
        for mount in container.get("mountPoints", []):
            if mount.get("sourceVolume") not in names:
                raise client_error(f"Unknown volume '{mount.get('sourceVolume')}'.")
            if not mount.get("containerPath"):
                raise client_error(f"Invalid 'mountPoints.containerPath' setting for container '{container['name']}'.")
        for other in container.get("volumesFrom", []):
            if other.get("sourceContainer") not in [each["name"] for each in containers]:
                raise client_error(
                    f"Invalid 'volumesFrom' setting. Unknown container: '{other.get('sourceContainer')}'"
                )
    _check_launch_volumes(volumes, containers)


def _check_volume(volume: Json) -> None:
    if not _NAME.fullmatch(volume.get("name", "")):
        raise client_error("Volume.name contains invalid characters.")
    if sum(bool(volume.get(kind)) for kind in _KINDS) > 1:
        raise client_error(f"Volume '{volume['name']}' can have only one configuration.")
    efs = volume.get("efsVolumeConfiguration")
    if efs:
        _check_efs(efs)


def _check_efs(efs: Json) -> None:
    authorization, encrypted = efs.get("authorizationConfig", {}), efs.get("transitEncryption") == "ENABLED"
    if authorization.get("accessPointId") and efs.get("rootDirectory", "/") not in ("", "/"):
        raise client_error(
            'When using an EFS access point, the root directory must either be set to "/" or be omitted.'
        )
    if authorization.get("iam") == "ENABLED" and not encrypted:
        raise client_error("EFS IAM authorization requires TransitEncryption to be enabled.")
    if authorization.get("accessPointId") and not encrypted:
        raise client_error("EFS access point requires TransitEncryption to be enabled.")
    if efs.get("transitEncryptionPort") and not encrypted:
        raise client_error("TransitEncryptionPort requires that TransitEncryption is enabled.")


def _check_launch_volumes(volumes: list[Json], containers: list[Json]) -> None:
    """Amazon EBS volumes that a service or task configures: at most one, and somebody mounts it."""
    at_launch = [volume["name"] for volume in volumes if volume.get("configuredAtLaunch")]
    mounted = {mount.get("sourceVolume") for container in containers for mount in container.get("mountPoints", [])}
    idle = [name for name in at_launch if name not in mounted]
    if idle:
        raise client_error(f"Volumes [{', '.join(idle)}] are not referenced by any of the containers.")
    if len(at_launch) > 1:
        raise client_error("Only one volume of a task definition can be configured at launch.")

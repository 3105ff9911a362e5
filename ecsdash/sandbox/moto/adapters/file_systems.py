"""Whether the file system of an EFS volume can be mounted by a task."""

from collections.abc import Mapping
from typing import Any

from moto.efs.models import MountTarget, efs_backends

from ecsdash.sandbox.moto.adapters.compute import ec2
from ecsdash.sandbox.moto.adapters.network import NetworkAdapter
from ecsdash.sandbox.scope import Scope

_NFS = 2049
_TIMED_OUT = "Mount attempt 1/3 failed due to timeout after 15 sec. b'mount.nfs4: Connection timed out'"


class FileSystemAdapter(NetworkAdapter):
    def mount_problem(self, scope: Scope, volume: Mapping[str, Any], subnet_id: str, interface_id: str) -> str:
        backend, file_system_id = efs_backends[scope.account][scope.region], volume["fileSystemId"]
        target = _target(scope, file_system_id, subnet_id)
        if target is None:
            return (
                f'Failed to resolve "{file_system_id}.efs.{scope.region}.amazonaws.com" - check that your file system '
                "ID is correct, and ensure that the VPC has an EFS mount target for this file system ID."
            )
        access_point = volume.get("authorizationConfig", {}).get("accessPointId")
        if access_point and access_point not in backend.access_points:
            return "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'"
        allowed = not interface_id or self.may_connect(scope, interface_id, str(target.network_interface_id), _NFS)
        return "" if allowed else _TIMED_OUT


def _target(scope: Scope, file_system_id: str, subnet_id: str) -> MountTarget | None:
    """Return the mount target in the subnet's VPC, in its Availability Zone if there is one."""
    subnet = ec2(scope).get_subnet(subnet_id)
    known = efs_backends[scope.account][scope.region].mount_targets_by_id.values()
    found = [each for each in known if each.file_system_id == file_system_id and each.vpc_id == subnet.vpc_id]
    return min(found, key=lambda each: each.availability_zone_name != subnet.availability_zone, default=None)

"""Targets of VPC Lattice target groups, which moto does not have."""

from typing import Any

from moto.vpclattice.models import vpclattice_backends

from ecsdash.sandbox.scope import Scope


class LatticeAdapter:
    def lattice_group_exists(self, scope: Scope, arn: str) -> bool:
        return _group(scope, arn) is not None

    def register_lattice_target(self, scope: Scope, arn: str, address: str, port: int) -> None:
        if group := _group(scope, arn):
            targets_of(group)[f"{address}:{port}"] = {"id": address, "port": port, "status": "HEALTHY"}

    def deregister_lattice_target(self, scope: Scope, arn: str, address: str, port: int) -> None:
        if group := _group(scope, arn):
            targets_of(group).pop(f"{address}:{port}", None)


def targets_of(group: Any) -> dict[str, dict[str, Any]]:
    """Return the targets of one of moto's target groups, kept with it."""
    targets: dict[str, dict[str, Any]] = vars(group).setdefault("targets", {})
    return targets


def _group(scope: Scope, arn: str) -> Any:
    groups = vpclattice_backends[scope.account][scope.region].target_groups
    return groups.get(arn.rpartition("/")[2]) or groups.get(arn)

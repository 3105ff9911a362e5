from typing import Literal

from moto.elbv2.models import elbv2_backends

from ecsdash.sandbox.moto_models.balancing import SandboxTargetGroup
from ecsdash.sandbox.ports import Scope, TargetGroup, TargetState

TargetKind = Literal["ip", "instance", "lambda", "alb"]


def target_group(scope: Scope, arn: str) -> SandboxTargetGroup | None:
    found = elbv2_backends[scope.account][scope.region].target_groups.get(arn)
    return found if isinstance(found, SandboxTargetGroup) else None


_KINDS: dict[str, TargetKind] = {"ip": "ip", "instance": "instance", "lambda": "lambda", "alb": "alb"}


class BalancingLinks:
    def target_group(self, scope: Scope, arn: str) -> TargetGroup | None:
        group = target_group(scope, arn)
        if group is None:
            return None
        return TargetGroup(arn, _KINDS[group.target_type], group.attached, group.deregistration_delay)

    def register_target(self, scope: Scope, arn: str, target_id: str, port: int, zone: str, *, healthy: bool) -> None:
        if group := target_group(scope, arn):
            group.enter(target_id, port, passes=healthy, zone=zone)

    def deregister_target(self, scope: Scope, arn: str, target_id: str, port: int) -> None:
        if group := target_group(scope, arn):
            group.leave(target_id, port)

    def target_health(self, scope: Scope, arn: str, target_id: str, port: int) -> TargetState:
        group = target_group(scope, arn)
        if group is None:
            return "unused"
        found = next((target for target in group.current() if (target.id, target.port) == (target_id, port)), None)
        return group.state_of(found) if found else "unused"

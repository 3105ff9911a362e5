from collections.abc import Mapping
from typing import Any, Literal

from moto.elbv2.models import FakeAction, FakeListener, FakeListenerRule, elbv2_backends

from ecsdash.sandbox.ecs.aws_services import TargetGroup, TargetState
from ecsdash.sandbox.moto.models.load_balancing import SandboxTargetGroup
from ecsdash.sandbox.scope import Scope

TargetKind = Literal["ip", "instance", "lambda", "alb"]


def target_group(scope: Scope, arn: str) -> SandboxTargetGroup | None:
    found = elbv2_backends[scope.account][scope.region].target_groups.get(arn)
    return found if isinstance(found, SandboxTargetGroup) else None


_KINDS: dict[str, TargetKind] = {"ip": "ip", "instance": "instance", "lambda": "lambda", "alb": "alb"}


class LoadBalancingAdapter:
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

    def listener_exists(self, scope: Scope, arn: str) -> bool:
        return _listener(scope, arn) is not None

    def traffic(self, scope: Scope, arn: str) -> dict[str, int]:
        found = _listener(scope, arn)
        actions = (found.actions if isinstance(found, FakeListenerRule) else found.default_actions) if found else []
        data = next((action.data for action in actions if action.data["Type"] == "forward"), {})
        groups = (data.get("ForwardConfig") or {}).get("TargetGroups") or []
        weights = {group["TargetGroupArn"]: int(group.get("Weight", 1)) for group in groups}
        return weights or ({data["TargetGroupArn"]: 1} if data.get("TargetGroupArn") else {})

    def shift_traffic(self, scope: Scope, arn: str, weights: Mapping[str, int]) -> None:
        groups = [{"TargetGroupArn": group, "Weight": weight} for group, weight in weights.items()]
        action = FakeAction({"Type": "forward", "Order": 1, "ForwardConfig": {"TargetGroups": groups}})
        found = _listener(scope, arn)
        if isinstance(found, FakeListenerRule):
            found.actions = [*found.actions[:-1], action]
        elif found:
            found.default_actions[:] = [*found.default_actions[:-1], action]  # shared with the default rule
        elbv2_backends[scope.account][scope.region]._recount()  # type: ignore[attr-defined]


def _listener(scope: Scope, arn: str) -> FakeListener | FakeListenerRule | None:
    """Return the listener (for its default action) or the listener rule with this ARN."""
    for balancer in elbv2_backends[scope.account][scope.region].load_balancers.values():
        for listener in balancer.listeners.values():
            if listener.arn == arn:
                return listener
            rules: list[Any] = [*listener.rules.values()]  # moto calls them by another class than they have
            for rule in rules:
                if isinstance(rule, FakeListenerRule) and rule.arn == arn:
                    return rule
    return None

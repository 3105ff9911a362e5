"""Load balancers that take a moment to become active, and targets whose health changes with time."""

from dataclasses import dataclass
from typing import Any

from moto.elbv2 import urls
from moto.elbv2.exceptions import DuplicateLoadBalancerName, InvalidTargetError, TargetGroupNotFoundError
from moto.elbv2.models import ELBv2Backend, FakeHealthStatus, FakeListener, FakeLoadBalancer, FakeRule, FakeTargetGroup

from ecsdash.sandbox.ecs.aws_services import TargetState
from ecsdash.sandbox.moto.models.runtime import runtime

PROVISIONING_SECONDS = 5.0
FIRST_CHECK_SECONDS = 10.0


@dataclass
class Target:
    id: str
    port: int
    registered_at: float
    passes: bool = True
    """Whether its health checks succeed."""
    zone: str = ""
    draining_since: float | None = None


class SandboxTargetGroup(FakeTargetGroup):
    """Targets are identified by id and port, for dynamic host ports; moto's own `targets` stays empty."""

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(name, *args, **kwargs)
        self.members: dict[tuple[str, int], Target] = {}

    @property
    def attached(self) -> bool:
        from moto.elbv2.models import elbv2_backends

        return elbv2_backends[self.account_id][self.region_name]._any_listener_using(self.arn)

    @property
    def deregistration_delay(self) -> float:
        return float(str(self.attributes["deregistration_delay.timeout_seconds"]))

    def enter(self, target_id: str, port: int, *, passes: bool = True, zone: str = "") -> None:
        known = self.members.get((target_id, port))
        if known is None or known.draining_since is not None:
            self.members[target_id, port] = Target(target_id, port, runtime.now(), passes, zone)

    def leave(self, target_id: str, port: int) -> None:
        target = self.members.get((target_id, port))
        if target and target.draining_since is None:
            target.draining_since = runtime.now()

    def register(self, targets: list[dict[str, Any]]) -> None:
        for target in targets:
            self.enter(target["Id"], int(target.get("Port") or self.port))

    def deregister(self, targets: list[dict[str, Any]]) -> None:
        for target in targets:
            keys = [key for key in self.members if key[0] == target["Id"] and target.get("Port") in (None, "", key[1])]
            if not keys:
                raise InvalidTargetError()
            for key in keys:
                self.leave(*key)

    def deregister_terminated_instances(self, instance_ids: list[str]) -> None:
        for key in self.members:
            if key[0] in instance_ids:
                self.leave(*key)

    def current(self) -> list[Target]:
        """Return registered and draining targets; remove those that have drained."""
        gone = runtime.now() - self.deregistration_delay
        for key, target in list(self.members.items()):
            if target.draining_since is not None and target.draining_since <= gone:
                del self.members[key]
        return list(self.members.values())

    def state_of(self, target: Target) -> TargetState:
        if target.draining_since is not None:
            return "draining"
        if not self.attached:
            return "unused"
        first_check = min(float(self.health_check_interval_seconds), FIRST_CHECK_SECONDS)
        age = runtime.now() - target.registered_at
        if target.passes:
            return "healthy" if age >= first_check else "initial"
        return "unhealthy" if age >= first_check * int(self.unhealthy_threshold_count) else "initial"

    def status_of(self, target: Target) -> FakeHealthStatus:
        state = self.state_of(target)
        reason, description = _REASONS.get(state, (None, None))
        return FakeHealthStatus(target.id, str(target.port), str(target.port), state, reason, description)


_REASONS = {
    "initial": ("Elb.RegistrationInProgress", "Target registration is in progress"),
    "unhealthy": ("Target.ResponseCodeMismatch", "Health checks failed with these codes: [500]"),
    "draining": ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
    "unused": ("Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"),
}


class SandboxLoadBalancer(FakeLoadBalancer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.born_at = runtime.now()
        super().__init__(*args, **kwargs)

    @property
    def dns_name(self) -> str:
        return f"{self.name.lower()}.elb.localhost:{runtime.port}"

    @dns_name.setter
    def dns_name(self, value: str) -> None:
        """The DNS name is derived from the load balancer's name and the port of the server."""

    @property
    def state(self) -> str:
        return "active" if runtime.now() >= self.born_at + PROVISIONING_SECONDS else "provisioning"

    @state.setter
    def state(self, value: str) -> None:
        """The state is derived from the age."""

    def activate(self) -> None:
        """moto activates a load balancer at once; here it stays provisioning for some seconds."""


class SandboxELBv2Backend(ELBv2Backend):
    @property
    def _url_module(self) -> Any:
        return urls

    def create_load_balancer(
        self,
        name: str,
        security_groups: list[str],
        subnet_ids: list[str],
        subnet_mappings: list[dict[str, str]] | None = None,
        scheme: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> FakeLoadBalancer:
        """Return the existing load balancer of that name if the settings are the same, else refuse."""
        scheme = scheme or "internet-facing"
        wanted = {*subnet_ids, *(mapping["SubnetId"] for mapping in subnet_mappings or [])}
        for existing in self.load_balancers.values():
            if existing.name == name:
                same = {subnet.id for subnet in existing.subnets} == wanted and existing.scheme == scheme
                if not same or set(existing.security_groups or []) != set(security_groups or []):
                    raise DuplicateLoadBalancerName()
                return existing
        made = super().create_load_balancer(name, security_groups, subnet_ids, subnet_mappings, scheme, *args, **kwargs)
        return self._named_by_type(made)

    def _named_by_type(self, balancer: FakeLoadBalancer) -> FakeLoadBalancer:
        """ARNs of Network Load Balancers contain `net`; moto names all `app`."""
        if balancer.type == "network":
            del self.load_balancers[balancer.arn]
            tags = self.tagging_service.get_tag_dict_for_resource(balancer.arn)
            balancer.arn = balancer.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
            self.load_balancers[balancer.arn] = balancer
            self.tagging_service.tag_resource(balancer.arn, [{"Key": key, "Value": tags[key]} for key in tags])
        return balancer

    def describe_target_health(self, target_group_arn: str, targets: list[dict[str, Any]]) -> list[FakeHealthStatus]:
        group = self.target_groups.get(target_group_arn)
        if not isinstance(group, SandboxTargetGroup):
            raise TargetGroupNotFoundError()
        asked = {(target["Id"], target.get("Port")) for target in targets}
        known = group.current()
        found = [t for t in known if not asked or (t.id, t.port) in asked or (t.id, None) in asked]
        missing = {target_id for target_id, _ in asked} - {target.id for target in found}
        strangers = [
            FakeHealthStatus(target_id, group.port, None, "unused", "Target.NotRegistered", "Target is not registered")
            for target_id in sorted(missing)
        ]
        return [group.status_of(target) for target in found] + strangers

    def delete_load_balancer(self, arn: str) -> None:
        super().delete_load_balancer(arn)
        self._recount()

    def delete_listener(self, listener_arn: str) -> FakeListener:
        listener = super().delete_listener(listener_arn)
        self._recount()
        return listener

    def modify_rule(self, rule_arn: str, conditions: list[dict[str, Any]], actions: list[dict[str, Any]]) -> FakeRule:
        rule = super().modify_rule(rule_arn, conditions, actions)
        self._recount()
        return rule

    def delete_rule(self, arn: str) -> None:
        super().delete_rule(arn)
        self._recount()

    def set_rule_priorities(self, rule_priorities: list[dict[str, Any]]) -> list[FakeRule]:
        """moto refuses a rule the priority that it has already."""
        present = {
            rule.arn: int(rule.priority)
            for rule in self.describe_rules(None, [each["RuleArn"] for each in rule_priorities])
        }
        moved = [each for each in rule_priorities if present.get(each["RuleArn"]) != int(each["Priority"])]
        super().set_rule_priorities(moved)
        return self.describe_rules(None, [each["RuleArn"] for each in rule_priorities])

    def _recount(self) -> None:
        """Update which load balancers forward to each target group."""
        for group in self.target_groups.values():
            group.load_balancer_arns = [arn for arn in self.load_balancers if self._uses(arn, group.arn)]

    def _uses(self, load_balancer_arn: str, target_group_arn: str) -> bool:
        listeners = self.load_balancers[load_balancer_arn].listeners.values()
        actions = [action for listener in listeners for rule in listener.rules.values() for action in rule.actions]
        return any(target_group_arn in self._get_target_group_arns_from(action_data=a.data) for a in actions)

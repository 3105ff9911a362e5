"""Load balancing of services."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlencode

from clusters.models import SecurityGroup, Subnet
from ecsdash.inventory.scope import Scope
from services.documents.listener_rule import actions, conditions
from services.documents.listener_rule.entries import actions_of, conditions_of
from services.documents.service import groups_of
from services.models import Listener, LoadBalancer, Service, TargetGroup
from services.selectors import target_health
from services.selectors.namespaces import Registry, registries_for

#: Tag of resources that were created for one service; the value is "cluster/service".
SERVICE_TAG = "ecsdash:service"
WILDCARD = re.compile(r"[*?]")
DEFAULT_PORTS = {"HTTP": 80, "HTTPS": 443}
LAST_PRIORITY = 50_000


@dataclass(frozen=True)
class ServiceTargetGroup:
    """One target group of a service with its load balancers, listeners and listener rules. `alternate`: the second one
    of deployments that shift traffic."""

    container: str
    container_port: int
    target_group: TargetGroup | None
    target_group_arn: str
    load_balancers: Sequence[LoadBalancer]
    listeners: Sequence[Listener]
    rules: "Sequence[ListenerRule]" = ()
    living: frozenset[target_health.Place] = frozenset()
    """Places of tasks that have not stopped."""
    alternate: bool = False

    @property
    def query(self) -> str:
        """Return the query of the address of the form that changes the target group."""
        return f"?{urlencode({'target_group': self.target_group.name})}" if self.target_group else ""

    @property
    def settings(self) -> dict[str, Any]:
        return settings_of(self.target_group) if self.target_group else {}

    @property
    def targets(self) -> list[dict[str, Any]]:
        """Return the targets with their health; one without a running task has none, whatever was observed before."""
        return [self._shown(self.target_group, each) for each in self.target_group.targets] if self.target_group else []

    def _shown(self, group: TargetGroup, target: dict[str, Any]) -> dict[str, Any]:
        stopped = target_health.place_of(group, target) not in self.living
        if stopped and target["state"] == target_health.HEALTHY:
            return target_health.without_task(target)
        return target_health.shown(target)

    @property
    def healthy(self) -> int:
        return sum(1 for target in self.targets if target["state"] == target_health.HEALTHY)

    @property
    def addresses(self) -> list[str]:
        by_listener = [
            address(balancer, listener)
            for balancer in self.load_balancers
            for listener in self.listeners
            if listener.load_balancer_arn == balancer.arn
        ]
        by_rule = [
            found
            for balancer in self.load_balancers
            for rule in self.rules
            if rule.listener.load_balancer_arn == balancer.arn
            for found in rule_addresses(balancer, rule.listener, rule.rule)
        ]
        return by_listener + by_rule


@dataclass(frozen=True)
class ListenerRule:
    """One entry of Listener.rules with its listener."""

    listener: Listener
    rule: dict[str, Any]

    @property
    def priority(self) -> int:
        return int(self.rule["priority"])

    @property
    def words(self) -> str:
        """Return the conditions as text: `shop.example /api/*`."""
        return conditions.words(conditions_of(self.rule))

    @property
    def goes_to(self) -> str:
        return actions.words(actions_of(self.rule))


def rules_of(listeners: Iterable[Listener]) -> list[ListenerRule]:
    return [ListenerRule(listener, rule) for listener in listeners for rule in listener.rules]


def free_priority(used: Collection[int]) -> int | None:
    """Return the priority after the last rule, so that existing rules keep precedence; else the last free one."""
    after = max(used, default=0) + 1
    return after if after <= LAST_PRIORITY else next((n for n in range(LAST_PRIORITY, 0, -1) if n not in used), None)


def address(balancer: LoadBalancer, listener: Listener, host: str = "", path: str = "/") -> str:
    """Return the URL of the site. A port in the load balancer's DNS name overrides the listener's port."""
    scheme = "https" if listener.protocol in ("HTTPS", "TLS") else "http"
    name, _, own_port = balancer.dns_name.partition(":")
    port = own_port or ("" if DEFAULT_PORTS.get(listener.protocol) == listener.port else str(listener.port))
    return f"{scheme}://{host or name}{f':{port}' if port else ''}{path}"


def rule_addresses(balancer: LoadBalancer, listener: Listener, rule: Mapping[str, Any]) -> list[str]:
    """Return a URL per host name without wildcards; without host names, one with the load balancer's name."""
    path = WILDCARD.split(rule["paths"][0], maxsplit=1)[0] if rule["paths"] else "/"
    hosts = [host for host in rule["hosts"] or [""] if not set(host) & {"*", "?"}]
    return [address(balancer, listener, host, path or "/") for host in hosts]


def service_target_groups(user: Any, scope: Scope, service: Service) -> list[ServiceTargetGroup]:
    """Return the target groups of a service. One that the inventory does not contain yet has its ARN only."""
    attached = [(each, arn) for each in service.description.get("loadBalancers", []) for arn in groups_of(each)]
    arns = [arn for _, arn in attached]
    groups = {group.arn: group for group in _rows(TargetGroup, user, scope).filter(arn__in=arns)}
    balancer_arns = {arn for group in groups.values() for arn in group.load_balancer_arns}
    balancers = list(_rows(LoadBalancer, user, scope).filter(arn__in=balancer_arns))
    listeners = list(_rows(Listener, user, scope).filter(load_balancer_arn__in=balancer_arns).order_by("port"))
    living = target_health.living_places(scope, groups.values())
    return [
        replace(_service_target_group(each, arn, groups.get(arn), balancers, listeners), living=living)
        for each, arn in attached
    ]


def settings_of(group: TargetGroup) -> dict[str, Any]:
    """Return the settings that can be changed later, by the names of the form's fields. None: not set, or not known."""
    described, known = group.description, group.attributes or {}
    matcher, sticky = described.get("Matcher") or {}, known.get("stickiness.enabled") == "true"
    delay = known.get("deregistration_delay.timeout_seconds")
    return {
        "health_check_path": described.get("HealthCheckPath"),
        "health_check_codes": matcher.get("HttpCode") or matcher.get("GrpcCode"),
        "health_check_interval": described.get("HealthCheckIntervalSeconds"),
        "health_check_timeout": described.get("HealthCheckTimeoutSeconds"),
        "healthy_threshold": described.get("HealthyThresholdCount"),
        "unhealthy_threshold": described.get("UnhealthyThresholdCount"),
        "deregistration_delay": int(delay) if delay else None,
        "sticky_seconds": int(known.get("stickiness.lb_cookie.duration_seconds") or 1) if sticky else None,
    }


def network(user: Any, scope: Scope, service: Service) -> dict[str, Any]:
    """Return the awsvpc configuration of a service with the rows of its subnets and security groups."""
    found = service.description.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    subnets = _rows(Subnet, user, scope).filter(name__in=found.get("subnets", []))
    groups = _rows(SecurityGroup, user, scope).filter(name__in=found.get("securityGroups", []))
    named = {each.name: each for each in (*subnets, *groups)}
    return {
        "subnets": [(name, named.get(name)) for name in found.get("subnets", [])],
        "security_groups": [(name, named.get(name)) for name in found.get("securityGroups", [])],
        "assign_public_ip": found.get("assignPublicIp", ""),
    }


def _service_target_group(
    attached: dict[str, Any],
    arn: str,
    group: TargetGroup | None,
    balancers: list[LoadBalancer],
    listeners: list[Listener],
) -> ServiceTargetGroup:
    arns = group.load_balancer_arns if group else []
    return ServiceTargetGroup(
        container=attached.get("containerName", ""),
        container_port=attached.get("containerPort", 0),
        target_group=group,
        target_group_arn=arn,
        alternate=arn != attached.get("targetGroupArn"),
        load_balancers=[balancer for balancer in balancers if balancer.arn in arns],
        listeners=[each for each in listeners if arn in each.target_group_arns],
        rules=[each for each in rules_of(listeners) if arn in each.rule["target_group_arns"]],
    )


@dataclass(frozen=True)
class OwnedLoadBalancing:
    """Load balancing resources, security groups and Cloud Map services that were created for one service."""

    rules: Sequence[ListenerRule] = ()
    listeners: Sequence[Listener] = ()
    load_balancers: Sequence[LoadBalancer] = ()
    target_groups: Sequence[TargetGroup] = ()
    security_groups: Sequence[SecurityGroup] = ()
    registries: Sequence[Registry] = ()

    @property
    def empty(self) -> bool:
        return not self.items

    @property
    def items(self) -> list[tuple[str, str]]:
        """Return (kind, name) of each resource."""
        return [
            *(("rule", f"{each.priority} of {each.listener.label}") for each in self.rules),
            *(("listener", each.label) for each in self.listeners),
            *(("load balancer", each.name) for each in self.load_balancers),
            *(("target group", each.name) for each in self.target_groups),
            *(("security group", each.label) for each in self.security_groups),
            *(("Cloud Map service", each.name) for each in self.registries),
        ]

    @property
    def words(self) -> str:
        return ", ".join(f"the {kind} {name}" for kind, name in self.items)


def owned_by(scope: Scope, owner: str) -> OwnedLoadBalancing:
    """Return the resources of `owner` ("cluster/service"), without those that AWS deletes with a parent resource.

    Listeners and rules of a shared parent are included if they forward to this service only.
    """
    here = {"account": scope.account, "region": scope.region, "gone_at": None}
    groups = [each for each in TargetGroup.objects.filter(**here) if each.tags.get(SERVICE_TAG) == owner]
    balancers = [each for each in LoadBalancer.objects.filter(**here) if each.tags.get(SERVICE_TAG) == owner]
    own = {each.arn for each in balancers}
    arns = {each.arn for each in groups}
    shared = [each for each in Listener.objects.filter(**here) if each.load_balancer_arn not in own]
    listeners = [each for each in shared if _forwards_only_to(arns, each.target_group_arns)]
    shared_listeners = [each for each in shared if each not in listeners]
    rules = [each for each in rules_of(shared_listeners) if _forwards_only_to(arns, each.rule["target_group_arns"])]
    firewalls = [each for each in SecurityGroup.objects.filter(**here) if each.tags.get(SERVICE_TAG) == owner]
    return OwnedLoadBalancing(rules, listeners, balancers, groups, firewalls, registries_for(scope, owner))


def owned_by_service(service: Service) -> OwnedLoadBalancing:
    return owned_by(Scope(service.account, service.region), f"{service.cluster_name}/{service.name}")


def _forwards_only_to(own: set[str], target_groups: Sequence[str]) -> bool:
    """Return whether there are target groups, and all are in `own`."""
    return bool(target_groups) and own.issuperset(target_groups)


def _rows(model: Any, user: Any, scope: Scope) -> Any:
    return cast(Any, model.objects.visible_to(user).in_scope(scope.account, scope.region).present())

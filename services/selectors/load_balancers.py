"""What stands in front of a service."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from clusters.models import SecurityGroup, Subnet
from ecsdash.inventory.scope import Scope
from ecsdash.web.tone import Tone
from services.models import Listener, LoadBalancer, Service, TargetGroup

TARGET_TONES = {
    "healthy": Tone.OK,
    "initial": Tone.PROGRESS,
    "draining": Tone.PROGRESS,
    "unhealthy": Tone.BAD,
    "unavailable": Tone.WARN,
}
#: The tag on what was made for one service, with "cluster/service" as its value.
SERVICE_TAG = "ecsdash:service"
DEFAULT_PORTS = {"HTTP": 80, "HTTPS": 443}
LAST_PRIORITY = 50_000


@dataclass(frozen=True)
class Front:
    """One target group of a service, the load balancers before it, and the addresses at which they are reached."""

    container: str
    container_port: int
    target_group: TargetGroup | None
    target_group_arn: str
    load_balancers: Sequence[LoadBalancer]
    listeners: Sequence[Listener]
    rules: "Sequence[Rule]" = ()

    @property
    def targets(self) -> list[dict[str, Any]]:
        found = self.target_group.targets if self.target_group else []
        return [{**target, "tone": TARGET_TONES.get(target["state"], Tone.IDLE)} for target in found]

    @property
    def healthy(self) -> int:
        return sum(1 for target in self.targets if target["state"] == "healthy")

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
class Rule:
    """One of Listener.rules."""

    listener: Listener
    rule: dict[str, Any]

    @property
    def priority(self) -> int:
        return int(self.rule["priority"])

    @property
    def words(self) -> str:
        """Which requests it takes: `shop.example /api/*`."""
        others = [f"and by {field}" for field in self.rule["others"]]
        return " ".join((*self.rule["hosts"], *self.rule["paths"], *others))


def rules_of(listeners: Iterable[Listener]) -> list[Rule]:
    return [Rule(listener, rule) for listener in listeners for rule in listener.rules]


def free_priority(used: Collection[int]) -> int | None:
    """The one after the last, so that the rules that are there keep their requests; if there is none, the last free."""
    after = max(used, default=0) + 1
    return after if after <= LAST_PRIORITY else next((n for n in range(LAST_PRIORITY, 0, -1) if n not in used), None)


def address(balancer: LoadBalancer, listener: Listener, host: str = "", path: str = "/") -> str:
    """Where a browser finds the site. A port in the name of the balancer comes before the listener's."""
    scheme = "https" if listener.protocol in ("HTTPS", "TLS") else "http"
    name, _, own_port = balancer.dns_name.partition(":")
    port = own_port or ("" if DEFAULT_PORTS.get(listener.protocol) == listener.port else str(listener.port))
    return f"{scheme}://{host or name}{f':{port}' if port else ''}{path}"


def rule_addresses(balancer: LoadBalancer, listener: Listener, rule: Mapping[str, Any]) -> list[str]:
    """One for each host name without wildcards; without host names, one at the load balancer's own."""
    path = re.split(r"[*?]", rule["paths"][0], maxsplit=1)[0] if rule["paths"] else "/"
    hosts = [host for host in rule["hosts"] or [""] if not set(host) & {"*", "?"}]
    return [address(balancer, listener, host, path or "/") for host in hosts]


def fronts(user: Any, scope: Scope, service: Service) -> list[Front]:
    """From the inventory; a target group that it does not know yet is named by its ARN only."""
    attached = [each for each in service.description.get("loadBalancers", []) if each.get("targetGroupArn")]
    arns = [each["targetGroupArn"] for each in attached]
    groups = {group.arn: group for group in _rows(TargetGroup, user, scope).filter(arn__in=arns)}
    balancer_arns = {arn for group in groups.values() for arn in group.load_balancer_arns}
    balancers = list(_rows(LoadBalancer, user, scope).filter(arn__in=balancer_arns))
    listeners = list(_rows(Listener, user, scope).filter(load_balancer_arn__in=balancer_arns).order_by("port"))
    return [_front(each, groups.get(each["targetGroupArn"]), balancers, listeners) for each in attached]


def network(user: Any, scope: Scope, service: Service) -> dict[str, Any]:
    """The awsvpc configuration of a service with what is known of its subnets and security groups."""
    found = service.description.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    subnets = _rows(Subnet, user, scope).filter(name__in=found.get("subnets", []))
    groups = _rows(SecurityGroup, user, scope).filter(name__in=found.get("securityGroups", []))
    named = {each.name: each for each in (*subnets, *groups)}
    return {
        "subnets": [(name, named.get(name)) for name in found.get("subnets", [])],
        "security_groups": [(name, named.get(name)) for name in found.get("securityGroups", [])],
        "assign_public_ip": found.get("assignPublicIp", ""),
    }


def _front(
    attached: dict[str, Any], group: TargetGroup | None, balancers: list[LoadBalancer], listeners: list[Listener]
) -> Front:
    arns = group.load_balancer_arns if group else []
    return Front(
        container=attached.get("containerName", ""),
        container_port=attached.get("containerPort", 0),
        target_group=group,
        target_group_arn=attached["targetGroupArn"],
        load_balancers=[balancer for balancer in balancers if balancer.arn in arns],
        listeners=[each for each in listeners if attached["targetGroupArn"] in each.target_group_arns],
        rules=[each for each in rules_of(listeners) if attached["targetGroupArn"] in each.rule["target_group_arns"]],
    )


@dataclass(frozen=True)
class Made:
    """What was made for one service, as the tags say, and can go with it or, if it was never there, after it."""

    rules: Sequence[Rule] = ()
    listeners: Sequence[Listener] = ()
    load_balancers: Sequence[LoadBalancer] = ()
    target_groups: Sequence[TargetGroup] = ()

    @property
    def empty(self) -> bool:
        return not (self.rules or self.listeners or self.load_balancers or self.target_groups)

    @property
    def items(self) -> list[tuple[str, str]]:
        """(kind, name) of each."""
        return [
            *(("rule", f"{each.priority} of {each.listener.label}") for each in self.rules),
            *(("listener", each.label) for each in self.listeners),
            *(("load balancer", each.name) for each in self.load_balancers),
            *(("target group", each.name) for each in self.target_groups),
        ]

    @property
    def words(self) -> str:
        return ", ".join(f"the {kind} {name}" for kind, name in self.items)


def made_for(scope: Scope, owner: str) -> Made:
    """`owner` is "cluster/service". A load balancer takes its listeners with it, and a listener its rules.

    Those on a shared one go when they lead to this service only.
    """
    here = {"account": scope.account, "region": scope.region, "gone_at": None}
    groups = [each for each in TargetGroup.objects.filter(**here) if each.tags.get(SERVICE_TAG) == owner]
    balancers = [each for each in LoadBalancer.objects.filter(**here) if each.tags.get(SERVICE_TAG) == owner]
    own = {each.arn for each in balancers}
    arns = {each.arn for each in groups}
    shared = [each for each in Listener.objects.filter(**here) if each.load_balancer_arn not in own]
    listeners = [each for each in shared if _leads_to(arns, each.target_group_arns)]
    kept = [each for each in shared if each not in listeners]
    rules = [each for each in rules_of(kept) if _leads_to(arns, each.rule["target_group_arns"])]
    return Made(rules, listeners, balancers, groups)


def made_for_service(service: Service) -> Made:
    return made_for(Scope(service.account, service.region), f"{service.cluster_name}/{service.name}")


def _leads_to(own: set[str], target_groups: Sequence[str]) -> bool:
    """To some, and to none but those of `own`."""
    return bool(target_groups) and own.issuperset(target_groups)


def _rows(model: Any, user: Any, scope: Scope) -> Any:
    return cast(Any, model.objects.visible_to(user).in_scope(scope.account, scope.region).present())

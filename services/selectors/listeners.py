"""Load balancers with their listeners and rules, and the services behind each of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404

from ecsdash.access.references import name_of
from ecsdash.inventory.choices import choices
from ecsdash.inventory.scope import Scope
from ecsdash.web.tone import Tone
from services.documents.listener_rule import actions, conditions
from services.documents.listener_rule.entries import actions_of, conditions_of
from services.models import Certificate, Listener, LoadBalancer, Service, TargetGroup
from services.selectors.load_balancers import address

#: Parts of a service's load balancer that name the rule, or listener, whose traffic ECS shifts.
SHIFTED_RULES = {"productionListenerRule": "Production traffic", "testListenerRule": "Test traffic"}
SHARE_TONES = (Tone.OK, Tone.PROGRESS, Tone.WARN, Tone.IDLE)


@dataclass(frozen=True)
class Behind:
    """The services that register tasks in one target group: those that the person may view, and how many others."""

    services: tuple[Service, ...] = ()
    others: int = 0


@dataclass(frozen=True)
class Share:
    """A target group of a rule with its weight, and what is behind it. `group` is None if it is not known."""

    arn: str
    weight: int
    group: TargetGroup | None
    behind: Behind

    @property
    def name(self) -> str:
        return self.group.name if self.group else name_of("target_group", self.arn)


@dataclass(frozen=True)
class Rule:
    """A rule of a listener, or its default action: then `arn` and `priority` are empty."""

    listener: Listener
    arn: str
    priority: int | None
    conditions: Sequence[Mapping[str, Any]]
    actions: Sequence[Mapping[str, Any]]
    shares: tuple[Share, ...] = ()
    shifted_for: tuple[Service, ...] = ()
    """Services whose deployments shift the traffic of this rule."""

    @property
    def words(self) -> str:
        return conditions.words(self.conditions) if self.arn else "every other request"

    @property
    def goes_to(self) -> str:
        return actions.words(self.actions)

    @property
    def sticky(self) -> int:
        return max((int(each.get("sticky", 0)) for each in self.actions), default=0)

    @property
    def split(self) -> list[tuple[str, int, Tone]]:
        """Return the shares of the traffic split bar; empty unless there are several."""
        tones = (SHARE_TONES[min(number, len(SHARE_TONES) - 1)] for number in range(len(self.shares)))
        listed = [(each.name, each.weight, tone) for each, tone in zip(self.shares, tones, strict=True)]
        return listed if len(listed) > 1 else []

    @property
    def query(self) -> str:
        """Return the query of the address of the forms that change the rule."""
        return f"?rule={self.arn}"

    @property
    def editable(self) -> bool:
        return bool(self.arn) and conditions.known(self.conditions) and actions.known(self.actions)


@dataclass(frozen=True)
class ListenerView:
    """A listener with its rules in the order of their evaluation, the default action last."""

    listener: Listener
    address: str
    certificate: str
    rules: tuple[Rule, ...]

    @property
    def has_rules(self) -> bool:
        """Return whether listeners of this protocol have rules."""
        return self.listener.protocol in ("HTTP", "HTTPS")


@dataclass(frozen=True)
class BalancerView:
    balancer: LoadBalancer
    listeners: tuple[ListenerView, ...]

    @cached_property
    def services(self) -> list[Service]:
        """Return the services behind it that the person may view, each once."""
        found = {
            service.pk: service
            for listener in self.listeners
            for rule in listener.rules
            for share in rule.shares
            for service in share.behind.services
        }
        return sorted(found.values(), key=lambda each: (each.cluster_name, each.name))


def load_balancer_or_404(user: Any, scope: Scope, name: str) -> LoadBalancer:
    """Return the load balancer, also one that was deleted."""
    rows = LoadBalancer.objects.visible_to(user).in_scope(scope.account, scope.region).select_related("account")
    found = rows.filter(name=name).order_by("-gone_at").last()
    if found is None:
        raise Http404(f"There is no load balancer {name}")
    return cast(LoadBalancer, found)


def with_listeners(user: Any, scope: Scope, balancers: Iterable[LoadBalancer] | None = None) -> list[BalancerView]:
    """Return load balancers of the scope with their listeners and rules, all of them if none are given."""
    rows = list(choices(LoadBalancer, user, scope).select_related("account") if balancers is None else balancers)
    reader = Reader(user, scope)
    return [
        BalancerView(row, tuple(reader.listener_view(row, each) for each in reader.listeners[row.arn])) for row in rows
    ]


class Reader:
    """Reads what stands behind rules; each table of the scope once."""

    def __init__(self, user: Any, scope: Scope) -> None:
        self.user, self.scope = user, scope

    @cached_property
    def listeners(self) -> dict[str, list[Listener]]:
        """Listeners by the ARN of their load balancer."""
        found = defaultdict(list)
        for row in choices(Listener, self.user, self.scope).order_by("port"):
            found[row.load_balancer_arn].append(row)
        return found

    @cached_property
    def groups(self) -> dict[str, TargetGroup]:
        return {row.arn: row for row in choices(TargetGroup, self.user, self.scope)}

    @cached_property
    def certificates(self) -> dict[str, Certificate]:
        return {row.arn: row for row in choices(Certificate, self.user, self.scope)}

    @cached_property
    def services(self) -> list[Service]:
        rows = Service.objects.in_scope(self.scope.account, self.scope.region).present().exclude(status="INACTIVE")
        found: QuerySet[Service] = rows.select_related("account").order_by("cluster_name", "name")
        return [row for row in found if row.target_group_arns]

    @cached_property
    def visible(self) -> set[int]:
        rows = Service.objects.visible_to(self.user).filter(pk__in=[row.pk for row in self.services])
        return set(rows.values_list("pk", flat=True))

    @cached_property
    def behind(self) -> dict[str, Behind]:
        """What is behind each target group."""
        using = defaultdict(list)
        for row in self.services:
            for arn in row.target_group_arns:
                using[arn].append(row)
        return {arn: self._behind(rows) for arn, rows in using.items()}

    def _behind(self, rows: Sequence[Service]) -> Behind:
        seen = tuple(row for row in rows if row.pk in self.visible)
        return Behind(seen, len(rows) - len(seen))

    @cached_property
    def shifted(self) -> dict[str, list[Service]]:
        """Services by the ARN of each rule or listener whose traffic their deployments shift."""
        found = defaultdict(list)
        for row in self.services:
            for each in row.description.get("loadBalancers", []):
                for name in SHIFTED_RULES:
                    if arn := (each.get("advancedConfiguration") or {}).get(name):
                        found[arn].append(row)
        return found

    def rules(self, listener: Listener) -> list[Rule]:
        """Return the rules of a listener in the order of their evaluation, without the default action."""
        return [
            self._rule(listener, each["arn"], each["priority"], conditions_of(each), actions_of(each))
            for each in listener.rules
        ]

    def rules_of(self, balancer: LoadBalancer) -> list[Rule]:
        return [rule for listener in self.listeners[balancer.arn] for rule in self.rules(listener)]

    def groups_behind(self, balancer: LoadBalancer) -> set[str]:
        """Return the target groups that the listeners of a load balancer forward to."""
        rows = self.listeners[balancer.arn]
        by_rule = {arn for row in rows for rule in row.rules for arn in rule["target_group_arns"]}
        return by_rule | {arn for row in rows for arn in row.target_group_arns}

    def default(self, listener: Listener) -> Rule:
        return self._rule(listener, "", None, (), actions.stored(listener.description.get("DefaultActions", [])))

    def rule(self, arn: str) -> Rule | None:
        every = (rule for rows in self.listeners.values() for row in rows for rule in self.rules(row))
        return next((each for each in every if each.arn == arn), None)

    def listener_view(self, balancer: LoadBalancer, listener: Listener) -> ListenerView:
        named = listener.description.get("Certificates") or [{}]
        arn = named[0].get("CertificateArn", "")
        known = self.certificates.get(arn)
        return ListenerView(
            listener,
            address(balancer, listener),
            known.title if known else name_of("certificate", arn),
            (*self.rules(listener), self.default(listener)),
        )

    def _rule(self, listener: Listener, arn: str, priority: int | None, matching: Any, doing: Any) -> Rule:
        shares = [
            Share(group, weight, self.groups.get(group), self.behind.get(group, Behind()))
            for group, weight in actions.forwarded(doing)
        ]
        shares.sort(key=lambda each: (-each.weight, each.name))
        shifted = tuple(self.shifted.get(arn or listener.arn, ()))
        return Rule(listener, arn, priority, matching, doing, tuple(shares), shifted)


@dataclass(frozen=True)
class Traffic:
    """How the requests of a service are divided between its two target groups now, by the weights of a rule."""

    title: str
    shares: list[tuple[str, int, Tone]]


def traffic_of(user: Any, scope: Scope, service: Service) -> list[Traffic]:
    """Return the traffic of a service whose deployments shift it: production, and test if it has a rule of its own."""
    named = {
        arn: title
        for each in service.description.get("loadBalancers", [])
        for name, title in SHIFTED_RULES.items()
        if (arn := (each.get("advancedConfiguration") or {}).get(name))
    }
    reader = Reader(user, scope)
    found = []
    for arn, title in named.items():
        rule = reader.rule(arn) or next((reader.default(row) for row in _rows(reader) if row.arn == arn), None)
        if rule and rule.shares:
            found.append(Traffic(title, rule.split or [(rule.shares[0].name, 1, Tone.OK)]))
    return found


def _rows(reader: Reader) -> Iterable[Listener]:
    return (row for rows in reader.listeners.values() for row in rows)

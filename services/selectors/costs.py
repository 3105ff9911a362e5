"""Estimated monthly costs of what the user may see: by kind, cluster, team and service, and a week ago."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, cast

from django.db.models import Count, Q, QuerySet, Sum

from clusters.models import ContainerInstance, Volume
from clusters.selectors.instance_prices import instance_costs
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.aws.prices import currency, load_balancer_monthly, volume_monthly
from ecsdash.inventory.scope import Scope
from ecsdash.web import clock
from ecsdash.web.cached_reverse import address
from services.models import CostDay, LoadBalancer, Service, Task
from services.models.task import LIVING
from services.selectors.services import in_scopes

TOP = 20  # services that the page lists
WEEK = timedelta(days=7)
SEVERAL, NO_TEAM = "Several teams", "No team"


class CostKind(StrEnum):
    SERVICE = "Services on Fargate"
    SHARE = "Shares of container instances"
    TASKS = "Standalone tasks on Fargate"
    INSTANCES = "Container instances"
    VOLUMES = "EBS volumes"
    LOAD_BALANCERS = "Load balancers"


@dataclass(frozen=True)
class CostItem:
    """One part of the bill. `account` is the alias; `cluster` and `service` are empty for what belongs to none."""

    kind: CostKind
    account: str
    region: str
    amount: float
    cluster: str = ""
    service: str = ""

    @property
    def place(self) -> tuple[str, str, str, str, str]:
        return (self.kind.value, self.account, self.region, self.cluster, self.service)

    @property
    def url(self) -> str:
        where = {"account": self.account, "region": self.region}
        if self.service:
            return address("services:service", **where, cluster=self.cluster, service=self.service)
        return address("clusters:detail", **where, cluster=self.cluster) if self.cluster else ""


@dataclass(frozen=True)
class Shares:
    """How the instances of the user's clusters are used: `by_service` are shares of services."""

    amount: float
    unused: float
    by_service: tuple[CostItem, ...]


@dataclass(frozen=True)
class Row:
    """One line of a table of the page. `before` is the amount of a week ago, None if it is not known."""

    label: str
    amount: float
    before: float | None = None
    url: str = ""
    detail: str = ""

    @property
    def difference(self) -> float | None:
        return None if self.before is None else round(self.amount - self.before, 2)


@dataclass(frozen=True)
class Bill:
    """All estimates in one currency."""

    currency: str
    total: Row
    kinds: Sequence[Row]
    clusters: Sequence[Row]
    teams: Sequence[Row]
    services: Sequence[Row]
    more_services: int
    unused: float
    unpriced: Sequence[str]


def items_of(user: Any, scopes: Sequence[Scope]) -> list[CostItem]:
    """Return the parts of the bill that the user may see. Each kind is one query, whatever the number of things."""
    accounts = {scope.account.pk: scope.account.alias for scope in scopes}
    return [
        *_services(user, scopes),
        *_standalone_tasks(user, scopes, accounts),
        *_instances(user, scopes, accounts),
        *_volumes(user, scopes, accounts),
        *_load_balancers(user, scopes),
    ]


def bills(user: Any, scopes: Sequence[Scope]) -> list[Bill]:
    """Return the bill of each currency."""
    items, shares = items_of(user, scopes), instance_shares(user, scopes)
    before = _week_ago(user, scopes)
    unpriced = _unpriced(user, scopes)
    currencies = sorted({currency(each.region) for each in (*items, *shares.by_service)})
    return [_bill(name, items, shares, before, unpriced) for name in currencies]


def _bill(
    name: str, items: Sequence[CostItem], shares: Shares, before: Mapping[Any, float], unpriced: Sequence[str]
) -> Bill:
    own = [each for each in items if currency(each.region) == name]
    shared = [each for each in shares.by_service if currency(each.region) == name]
    services = sorted((*(each for each in own if each.service), *shared), key=lambda each: -each.amount)
    unused = sum(each.amount for each in own if each.kind is CostKind.INSTANCES) - sum(each.amount for each in shared)
    known = before if before else {}
    return Bill(
        name,
        _row("Total", own, known),
        [_row(kind.value, mine, known) for kind in CostKind if (mine := [each for each in own if each.kind is kind])],
        _by_cluster(own, known),
        _by_team(services),
        [_row(each.service, [each], known, each.url, f"{each.cluster}, {each.account} {each.region}")
         for each in services[:TOP]],
        max(0, len(services) - TOP),
        max(0.0, unused),
        unpriced,
    )  # fmt: skip


def instance_shares(user: Any, scopes: Sequence[Scope]) -> Shares:
    """Return the shares of services in the instances, and what no task reserves."""
    rows = in_scopes(Service.objects.visible_to(user).present(), scopes).exclude(launch_type__startswith="FARGATE")
    shares = tuple(_service_items(CostKind.SHARE, rows.filter(monthly_cost__gt=0)))
    costs = instance_costs(_present_instances(user, scopes)).values()
    return Shares(sum(each.amount for each in costs), sum(each.unused for each in costs), shares)


def _services(user: Any, scopes: Sequence[Scope]) -> Iterator[CostItem]:
    rows = in_scopes(Service.objects.visible_to(user).present(), scopes)
    yield from _service_items(CostKind.SERVICE, rows.filter(launch_type__startswith="FARGATE", monthly_cost__gt=0))


def _service_items(kind: CostKind, rows: QuerySet[Service]) -> Iterator[CostItem]:
    columns: Any = rows.order_by().values_list("account__alias", "region", "monthly_cost", "cluster_name", "name")
    for row in columns:
        yield CostItem(kind, *row)


def _standalone_tasks(user: Any, scopes: Sequence[Scope], accounts: Mapping[int, str]) -> Iterator[CostItem]:
    rows = in_scopes(Task.objects.visible_to(user).filter(LIVING, service_name="", monthly_cost__gt=0), scopes)
    for account, region, cluster, amount in (
        rows.order_by().values_list("account", "region", "cluster_name").annotate(Sum("monthly_cost"))
    ):
        yield CostItem(CostKind.TASKS, accounts[account], region, amount, cluster)


def _present_instances(user: Any, scopes: Sequence[Scope]) -> QuerySet[ContainerInstance]:
    rows = in_scopes(ContainerInstance.objects.visible_to(user).present(), scopes)
    return cast(QuerySet[ContainerInstance], rows)


def _instances(user: Any, scopes: Sequence[Scope], accounts: Mapping[int, str]) -> Iterator[CostItem]:
    for (account, region, cluster), costs in instance_costs(_present_instances(user, scopes)).items():
        if costs.amount:
            yield CostItem(CostKind.INSTANCES, accounts[account], region, round(costs.amount, 2), cluster)


def _volumes(user: Any, scopes: Sequence[Scope], accounts: Mapping[int, str]) -> Iterator[CostItem]:
    """Volumes of an instance belong to its cluster; others to none, and are seen with the whole account and region."""
    rows = in_scopes(Volume.objects.present(), scopes)
    sizes: dict[tuple[str, str, str], float] = {}
    clusters: dict[str, str] = dict(_present_instances(user, scopes).values_list("name", "cluster_name"))
    everywhere = {(scope.account.pk, scope.region) for scope in scopes if sees_everything(user, scope)}
    for account, region, instance, kind, size in rows.values_list(
        "account", "region", "instance_id", "volume_type", "size"
    ):
        cluster, price = clusters.get(instance, ""), volume_monthly(region, kind, size).amount
        if price and (cluster or (account, region) in everywhere):
            key = (accounts[account], region, cluster)
            sizes[key] = sizes.get(key, 0) + price
    for (alias, region, cluster), amount in sizes.items():
        yield CostItem(CostKind.VOLUMES, alias, region, round(amount, 2), cluster)


def _load_balancers(user: Any, scopes: Sequence[Scope]) -> Iterator[CostItem]:
    seen = [scope for scope in scopes if sees_everything(user, scope)]
    rows = in_scopes(LoadBalancer.objects.present(), seen).exclude(description__Type="gateway")
    for alias, region, number in rows.order_by().values_list("account__alias", "region").annotate(Count("pk")):
        price = load_balancer_monthly(region).amount
        if price:
            yield CostItem(CostKind.LOAD_BALANCERS, alias, region, round(price * number, 2))


def sees_everything(user: Any, scope: Scope) -> bool:
    """Return whether the user may view the whole account and region: what belongs to no place is shown then only."""
    return policy.can_all_within(user, Permission.VIEW, scope.access_target())


def _unpriced(user: Any, scopes: Sequence[Scope]) -> list[str]:
    """Return what has no known price: it is in no total."""
    costs = instance_costs(_present_instances(user, scopes)).values()
    types = sorted({name for each in costs for name in each.unpriced})
    services = in_scopes(Service.objects.visible_to(user).present(), scopes)
    unknown = services.filter(Q(monthly_cost=None), ~Q(launch_type="EXTERNAL")).count()
    return [*types, *([f"{unknown} services"] if unknown else [])]


def _by_cluster(items: Sequence[CostItem], before: Mapping[Any, float]) -> list[Row]:
    clusters: dict[tuple[str, str, str], list[CostItem]] = {}
    for each in items:
        clusters.setdefault((each.account, each.region, each.cluster), []).append(each)
    rows = [
        _row(cluster or "In no cluster", own, before, _cluster_url(account, region, cluster), f"{account} {region}")
        for (account, region, cluster), own in clusters.items()
    ]
    return sorted(rows, key=lambda row: -row.amount)


def _cluster_url(account: str, region: str, cluster: str) -> str:
    return address("clusters:detail", account=account, region=region, cluster=cluster) if cluster else ""


def _by_team(services: Sequence[CostItem]) -> list[Row]:
    teams: dict[str, float] = {}
    owners = owning_teams({AccessTarget(each.account, each.region, each.cluster, each.service) for each in services})
    for each in services:
        team = owners[AccessTarget(each.account, each.region, each.cluster, each.service)]
        teams[team] = teams.get(team, 0) + each.amount
    return [Row(name, round(amount, 2)) for name, amount in sorted(teams.items(), key=lambda team: -team[1])]


def owning_teams(places: set[AccessTarget]) -> dict[AccessTarget, str]:
    """Return the team that may deploy at each place. Teams with the whole account and region are not counted."""
    whole = {AccessTarget(place.account, place.region) for place in places}
    teams = policy.teams_with(Permission.DEPLOY, places | whole)
    found = {}
    for place in places:
        own = teams[place] - teams[AccessTarget(place.account, place.region)]
        found[place] = next(iter(own)) if len(own) == 1 else SEVERAL if own else NO_TEAM
    return found


def _row(label: str, items: Sequence[CostItem], before: Mapping[Any, float], url: str = "", detail: str = "") -> Row:
    old = sum(before.get(each.place, 0) for each in items) if before else None
    return Row(label, round(sum(each.amount for each in items), 2), old, url, detail)


def _week_ago(user: Any, scopes: Sequence[Scope]) -> dict[tuple[str, ...], float]:
    """Return the amounts that were kept a week ago, or on the oldest later day; empty without one."""
    rows = in_scopes(CostDay.objects.visible_to(user), scopes).filter(day__gte=(clock.now() - WEEK).date())
    first = rows.filter(day__lt=clock.now().date()).order_by("day").values_list("day", flat=True).first()
    if first is None:
        return {}
    columns = ("kind", "account__alias", "region", "cluster_name", "service_name", "amount")
    kept: Iterable[tuple[Any, ...]] = rows.filter(day=first).values_list(*columns)
    return {place: amount for *place_of, amount in kept if (place := tuple(place_of))}


